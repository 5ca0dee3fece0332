import type { OidcSettings } from "../../src/config/oidc-settings";
import { openOidcIssuer, type TrustedIssuer } from "../../src/identity";
import { type HandMadeIssuer, outcomeOf, pass, startHandMadeIssuer } from "./hand-made-issuer";

let issuer: HandMadeIssuer;
let warnings: string[];
beforeEach(async () => {
  issuer = await startHandMadeIssuer();
  warnings = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

const log = {
  info: () => undefined,
  warn: ({ reason }: { reason: string }) => void warnings.push(reason),
};
const open = (more: Partial<OidcSettings> = {}) => openOidcIssuer(issuer.settings(more), log);
const outcome = (trusted: TrustedIssuer, token: string) => outcomeOf(token, trusted);

describe("an answer that is no issuer's", () => {
  const reasons = () => warnings.join("\n");

  it.each<[string, () => void, RegExp]>([
    [
      "a discovery document of another issuer",
      () => (issuer.discovery = { issuer: "https://other.example" }),
      /discovery document says that the issuer is https:\/\/other\.example/,
    ],
    [
      "a discovery document whose issuer has one slash more",
      () => (issuer.discovery = { issuer: `${issuer.url}/` }),
      /discovery document says that the issuer is/,
    ],
    [
      "a discovery document whose keys are in a file",
      () => (issuer.discovery = { jwks_uri: "file:///etc/passwd" }),
      /no https:\/\/ address in jwks_uri/,
    ],
    [
      "a discovery document whose keys are nowhere",
      () => (issuer.discovery = { jwks_uri: "keys" }),
      /no https:\/\/ address in jwks_uri/,
    ],
    [
      "no JSON",
      () => (issuer.answer = (_request, response) => response.end("<html>SECRET</html>")),
      /did not answer with a JSON object/,
    ],
    [
      "JSON in Latin-1",
      () => (issuer.answer = (_request, response) => response.end(Buffer.from('{"issuer":"é"}', "latin1"))),
      /did not answer with a JSON object in UTF-8/,
    ],
    [
      "no JSON object",
      () => (issuer.answer = (_request, response) => response.end("null")),
      /did not answer with a JSON object/,
    ],
    [
      "no key set",
      () => (issuer.keys = "none" as unknown as typeof issuer.keys),
      /JSON Web Key Set malformed/,
    ],
    [
      "an endless answer",
      () =>
        (issuer.answer = (_request, response) => {
          response.write("[");
          const more = setInterval(() => response.write("1,".repeat(50_000)), 1);
          response.once("close", () => clearInterval(more));
        }),
      /answered more than 524288 bytes/,
    ],
  ])("is refused: %s", async (_what, arrange, reason) => {
    arrange();
    expect(await outcome(open(), await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    expect(reasons()).toMatch(reason);
    expect(reasons()).not.toContain("SECRET");
  });

  it("is refused: a redirect, wherever it leads", async () => {
    const other = await startHandMadeIssuer();
    issuer.answer = (_request, response) =>
      response.writeHead(302, { location: `${other.url}/.well-known/openid-configuration` }).end();
    expect(await outcome(open(), await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    expect(reasons()).toMatch(/answered 302/);
    expect(other.asked).toEqual([]);
    await other.stop();
  });

  it("does not stop anybody from using the keys that are known", async () => {
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    issuer.discovery = { issuer: "https://other.example" };
    pass(700);
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
  });

  it("names what went wrong where nobody listens", async () => {
    await issuer.stop();
    expect(await outcome(open(), await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    expect(reasons()).toMatch(/ECONNREFUSED/);
  });

  it("of an issuer under https may not send us to keys under http", async () => {
    const document = { issuer: "https://issuer.example", jwks_uri: `${issuer.url}/keys` };
    const fetched = jest.spyOn(globalThis, "fetch").mockResolvedValue(Response.json(document));
    const trusted = open({ issuer: "https://issuer.example" });
    const token = await issuer.token({ iss: "https://issuer.example" });
    expect(await outcome(trusted, token)).toBe("SIGN_IN_UNAVAILABLE");
    expect(reasons()).toMatch(/no https:\/\/ address in jwks_uri/);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(issuer.asked).toEqual([]);
  });
});
