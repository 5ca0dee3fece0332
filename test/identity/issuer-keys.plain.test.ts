import { setTimeout as pause } from "node:timers/promises";
import type { OidcSettings } from "../../src/config/oidc-settings";
import { openOidcIssuer, type TrustedIssuer } from "../../src/identity";
import { type HandMadeIssuer, newSigningKey, outcomeOf, pass, startHandMadeIssuer } from "./hand-made-issuer";
import { PATIENCE_MS } from "../support/patience";

const realNow = performance.now.bind(performance);
let issuer: HandMadeIssuer;
let log: { level: string; facts: object; message: string }[];
beforeEach(async () => {
  issuer = await startHandMadeIssuer();
  log = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.stop();
});

const logger = {
  info: (facts: object, message: string) => void log.push({ level: "info", facts, message }),
  warn: (facts: object, message: string) => void log.push({ level: "warn", facts, message }),
};
const open = (more: Partial<OidcSettings> = {}) =>
  openOidcIssuer(issuer.settings(more), logger as unknown as Parameters<typeof openOidcIssuer>[1]);

const outcome = (trusted: TrustedIssuer, token: string) => outcomeOf(token, trusted);
const timesAsked = () => issuer.asked.filter((path) => path === "/keys").length;
const away = (_request: unknown, response: { writeHead(code: number): { end(): void } }) =>
  response.writeHead(503).end();

describe("an issuer's keys", () => {
  it("are asked for once, however many tokens come, and said to be known", async () => {
    const trusted = open();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token()));
    expect(new Set(await Promise.all(tokens.map((token) => outcome(trusted, token))))).toEqual(
      new Set(["believed"]),
    );
    expect(issuer.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
    expect(log).toEqual([
      { level: "info", facts: { issuer: issuer.url, keys: 1 }, message: "the issuer's keys are known" },
    ]);
  });

  it("are asked for at the start, so that an operator learns of a wrong address before anybody has a token", async () => {
    open();
    for (let waited = 0; log.length === 0 && waited < PATIENCE_MS; waited += 10) await pause(10);
    issuer.answer = away;
    open();
    for (let waited = 0; log.length === 1 && waited < PATIENCE_MS; waited += 10) await pause(10);
    expect(log.map(({ level }) => level)).toEqual(["info", "warn"]);
  });

  it("are asked for again after ten minutes: then a key that was withdrawn is worth nothing", async () => {
    const trusted = open();
    const old = await issuer.token();
    expect(await outcome(trusted, old)).toBe("believed");
    issuer.keys = [(await newSigningKey()).jwk];
    pass(599);
    expect(await outcome(trusted, old)).toBe("believed");
    expect(timesAsked()).toBe(1);
    pass(2);
    expect(await outcome(trusted, old)).toBe("TOKEN_INVALID");
  });

  it("are asked for at once when a token names a new one, which is believed with the first token", async () => {
    const trusted = open();
    const old = await issuer.token();
    expect(await outcome(trusted, old)).toBe("believed");
    const next = await newSigningKey();
    issuer.keys = [next.jwk];
    const burst = await Promise.all(Array.from({ length: 10 }, () => issuer.token({}, {}, next)));
    expect(await Promise.all(burst.map((token) => outcome(trusted, token)))).toEqual(
      Array.from({ length: 10 }, () => "believed"),
    );
    expect(await outcome(trusted, old)).toBe("TOKEN_INVALID");
    expect(timesAsked()).toBeLessThanOrEqual(3);
  });

  it("are asked for once in five seconds when strangers name keys that do not exist", async () => {
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    const outsider = async () => issuer.token({}, {}, await newSigningKey());
    for (let round = 0; round < 5; round += 1) {
      const burst = await Promise.all(Array.from({ length: 20 }, outsider));
      const outcomes = await Promise.all(burst.map((token) => outcome(trusted, token)));
      expect(new Set(outcomes)).toEqual(new Set(["TOKEN_INVALID"]));
    }
    expect(timesAsked()).toBe(2);
    pass(6);
    expect(await outcome(trusted, await outsider())).toBe("TOKEN_INVALID");
    expect(timesAsked()).toBe(3);
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
  });
});

describe("while the issuer is away", () => {
  it("known keys stay good for 24 hours, and no longer", async () => {
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    issuer.answer = away;
    for (const hours of [1, 10, 12.9]) {
      pass(hours * 3600);
      expect(await outcome(trusted, await issuer.token())).toBe("believed");
    }
    pass(0.2 * 3600);
    expect(await outcome(trusted, await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    issuer.answer = undefined;
    pass(6);
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
  });

  it("the operator is warned, and told when it is back", async () => {
    issuer.answer = away;
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    expect(log).toEqual([
      {
        level: "warn",
        facts: {
          issuer: issuer.url,
          reason: `${issuer.url}/.well-known/openid-configuration answered 503`,
        },
        message: "the issuer's keys cannot be read; trying again when needed",
      },
    ]);
    issuer.answer = undefined;
    pass(6);
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    expect(log.at(-1)?.message).toBe("the issuer's keys are known");
  });

  it("nobody with an unheard-of key is told that the token is bad, since nobody knows", async () => {
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    issuer.answer = away;
    const next = await newSigningKey();
    expect(await outcome(trusted, await issuer.token({}, {}, next))).toBe("SIGN_IN_UNAVAILABLE");
    expect(await outcome(trusted, await issuer.token({}, {}, next))).toBe("SIGN_IN_UNAVAILABLE");
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
  });

  it("it is asked once in five seconds, not with every token", async () => {
    issuer.answer = away;
    const trusted = open();
    for (let n = 0; n < 20; n += 1)
      expect(await outcome(trusted, await issuer.token())).toBe("SIGN_IN_UNAVAILABLE");
    expect(issuer.asked).toHaveLength(1);
  });

  it("a token that is bad by itself is refused as ever", async () => {
    issuer.answer = away;
    const trusted = open();
    expect(await outcome(trusted, await issuer.token({ iss: "https://evil.example" }))).toBe("TOKEN_INVALID");
    expect(await outcome(trusted, "garbage")).toBe("TOKEN_INVALID");
    expect(await outcome(open({ algorithms: ["RS256"] }), await issuer.token())).toBe("TOKEN_INVALID");
  });

  it("one that does not even refuse the connection costs known callers one wait of five seconds", async () => {
    const trusted = open();
    expect(await outcome(trusted, await issuer.token())).toBe("believed");
    issuer.answer = () => undefined;
    pass(601);
    const began = realNow();
    const token = await issuer.token();
    expect(await outcome(trusted, token)).toBe("believed");
    expect(realNow() - began).toBeGreaterThan(4_000);
    pass(6);
    const again = realNow();
    expect(await outcome(trusted, token)).toBe("believed");
    expect(realNow() - again).toBeLessThan(4_000);
  });
});
