import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { openSocket } from "../live/socket";
import { testContextOf, post } from "../api/at-the-endpoint";
import { type LoggedServer, startLoggedServer } from "../api/logged-server";
import { aPartner } from "../support/builders";
import type { TestContext } from "../support/test-context";
import type { TestServer } from "../support/test-server";
import {
  AUDIENCE,
  type HandMadeIssuer,
  newSigningKey,
  outcomeOf,
  secondsFromNow,
  startHandMadeIssuer,
} from "./hand-made-issuer";

let issuer: HandMadeIssuer;
let server: LoggedServer;
let testContext: TestContext;
beforeAll(async () => {
  issuer = await startHandMadeIssuer();
  server = await startLoggedServer({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE });
  testContext = testContextOf({ running: server.running } as TestServer);
  const { issuers } = server.running.services.tokens;
  for (let tries = 0; tries < 5; tries += 1) {
    if ((await outcomeOf(await issuer.token(), issuers[0])) === "believed") break;
    await pause(2_000); // A busy machine may be too slow for the first answer.
  }
});
beforeEach(() => void (server.log.length = 0));
afterAll(async () => {
  await server.stop();
  await issuer.stop();
});

interface Line {
  msg: string;
  level: number;
  requestId: string;
  code: string;
  reason?: string;
  token?: Record<string, string>;
}

const refusals = () =>
  server.log.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === "sign-in refused");

/** Asks with a header, and gives the code of the answer and the one line that the operator reads. */
async function refused(authorization?: string): Promise<{ code?: string; line: Line }> {
  server.log.length = 0;
  const headers = { "x-request-id": "the-request", ...(authorization && { authorization }) };
  const { body } = await post(server, { query: "{ a: viewer { kind } b: viewer { kind } }" }, headers);
  const code = body.errors?.[0]?.extensions.code;
  const lines = refusals();
  expect(lines).toHaveLength(1);
  const [line] = lines as [Line];
  expect(line).toMatchObject({ level: 30, requestId: "the-request", code });
  return { code, line };
}

/** No token, and no part of one that could be used. */
function expectNoTokenLogged(...tokens: string[]): void {
  const log = server.log.join("");
  for (const token of tokens) for (const part of token.split(".")) expect(log).not.toContain(part);
  expect(log).not.toMatch(/eyJ/);
}

describe("of a sign-in that is refused the operator learns more than the caller", () => {
  it("that there was no token", async () => {
    expect(await refused()).toMatchObject({ code: "TOKEN_MISSING" });
    expect(await refused("Basic YTpi")).toMatchObject({ code: "TOKEN_MISSING" });
    expectNoTokenLogged("YTpi");
  });

  it.each<[string, object, object, string]>([
    ["TOKEN_EXPIRED", { exp: secondsFromNow(-60) }, {}, "it has expired"],
    ["TOKEN_INVALID", { aud: "elsewhere" }, {}, "wrong audience"],
    [
      "TOKEN_INVALID",
      { iss: "https://evil.example" },
      {},
      "wrong issuer: none that is configured, or not its tenant's",
    ],
    ["TOKEN_INVALID", { nbf: secondsFromNow(90) }, {}, "it is not valid yet"],
    ["TOKEN_INVALID", { tid: undefined }, {}, "the claim tid is missing"],
    ["TOKEN_INVALID", {}, { typ: "logout+jwt" }, "wrong type of token"],
    ["TOKEN_INVALID", {}, { kid: "no-such-key" }, "the issuer has no such key for this algorithm"],
  ])("why, where the caller reads %s: %j %j", async (code, claims, header, reason) => {
    const token = await issuer.token(claims, header);
    const { line, ...caller } = await refused(`Bearer ${token}`);
    expect(caller).toEqual({ code });
    const said = {
      iss: issuer.url,
      aud: AUDIENCE,
      tenant: "tenant-1",
      subject: "subject-1",
      kid: issuer.key.kid,
    };
    const { iss, aud } = { ...said, ...claims };
    expect(line).toMatchObject({ reason, token: { iss, aud, subject: "subject-1", alg: "ES256" } });
    expectNoTokenLogged(token);
  });

  it("that the signature is wrong, or that there is none", async () => {
    const forged = await issuer.token({}, {}, { ...(await newSigningKey()), kid: issuer.key.kid });
    expect((await refused(`Bearer ${forged}`)).line.reason).toBe("the signature is wrong");
    const [, payload] = forged.split(".");
    const head = Buffer.from('{"alg":"none"}').toString("base64url");
    expect((await refused(`Bearer ${head}.${payload}.`)).line).toMatchObject({
      reason: "the algorithm is not allowed",
      token: { alg: "none" },
    });
    expect((await refused("Bearer garbage.canary.xyzzy")).line.reason).toBe("it is not a JWT");
    expectNoTokenLogged(forged, "garbage.canary.xyzzy");
  });

  it("whom the issuer vouches for, where nobody here is that person", async () => {
    const tid = randomUUID();
    const unknown = await issuer.token({ tid, email: "ada@shop.example" });
    expect(await refused(`Bearer ${unknown}`)).toMatchObject({
      code: "TENANT_UNKNOWN",
      line: { token: { cloud: "PUBLIC", tenant: tid, subject: "subject-1" } },
    });
    expectNoTokenLogged(unknown);
    const { actor } = await aPartner(testContext);
    const outsider = await issuer.token({ tid: actor.tenantId, sub: "stranger" });
    expect((await refused(`Bearer ${outsider}`)).code).toBe("USER_UNKNOWN");
    await testContext.system.transaction((tx) =>
      tx.execute("UPDATE user_account SET status = 'INACTIVE' WHERE id = ?", [actor.userId]),
    );
    const inactive = await issuer.token({ tid: actor.tenantId, sub: actor.subject });
    expect((await refused(`Bearer ${inactive}`)).code).toBe("USER_INACTIVE");
    expectNoTokenLogged(outsider, inactive);
    expect(server.log.join("")).not.toContain("ada@shop.example");
  });

  it("the same of a socket, once", async () => {
    const socket = await openSocket(server);
    const token = await issuer.token({ aud: "elsewhere" });
    socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
    expect((await socket.closed).reason).toBe(
      "TOKEN_INVALID: The bearer token is not valid for this server.",
    );
    expect(refusals()).toMatchObject([{ code: "TOKEN_INVALID", reason: "wrong audience" }]);
    expectNoTokenLogged(token);
  });

  it("nothing of a sign-in that is good", async () => {
    const { actor } = await aPartner(testContext);
    const token = await issuer.token({ tid: actor.tenantId, sub: actor.subject });
    const { body } = await post(
      server,
      { query: "{ viewer { kind } }" },
      { authorization: `Bearer ${token}` },
    );
    expect(body.data).toEqual({ viewer: { kind: "PARTNER_USER" } });
    expect(refusals()).toEqual([]);
    expectNoTokenLogged(token);
  });
});
