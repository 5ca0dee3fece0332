import { createHmac } from "node:crypto";
import { exportSPKI, importJWK, type CryptoKey } from "jose";
import { openOidcIssuer, type TrustedIssuer } from "../../src/identity";
import {
  AUDIENCE,
  type HandMadeIssuer,
  newSigningKey,
  quiet,
  refusalOfToken,
  secondsFromNow,
  startHandMadeIssuer,
} from "./hand-made-issuer";

let issuer: HandMadeIssuer;
let trusted: TrustedIssuer;
beforeAll(async () => {
  issuer = await startHandMadeIssuer();
  trusted = openOidcIssuer(issuer.settings(), quiet);
});
afterAll(() => issuer.stop());

const refusal = (token: string, issuers = [trusted]) => refusalOfToken(token, issuers);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a token that is not believed", () => {
  it.each<[string, object, string, object]>([
    ["is for another server", { aud: "elsewhere" }, "wrong audience", {}],
    ["is for any server", { aud: "*" }, "wrong audience", {}],
    ["is for servers whose name has ours in it", { aud: `${AUDIENCE}-2` }, "wrong audience", {}],
    ["is for no server", { aud: undefined }, "the claim aud is missing", {}],
    [
      "is of another issuer",
      { iss: "https://evil.example" },
      "wrong issuer: none that is configured, or not its tenant's",
      {},
    ],
    ["names no issuer", { iss: undefined }, "wrong issuer: none that is configured, or not its tenant's", {}],
    ["never expires", { exp: undefined }, "the claim exp is missing", {}],
    ["expires at a word", { exp: "tomorrow" }, "the claim exp is not valid", {}],
    ["is not good yet", { nbf: secondsFromNow(60) }, "it is not valid yet", {}],
    ["was issued in the future", { iat: secondsFromNow(60) }, "it is issued in the future", {}],
    ["names no person", { sub: undefined }, "the claim sub is missing", {}],
    ["names an empty person", { sub: "" }, "the claim sub names nobody", {}],
    ["names a person with a space before it", { sub: " a" }, "the claim sub names nobody", {}],
    ["names a person in two lines", { sub: "a\nb" }, "the claim sub names nobody", {}],
    ["names no organization", { tid: undefined }, "the claim tid is missing", {}],
    ["names an organization that is no text", { tid: 42 }, "the claim tid names no tenant", {}],
    ["names an organization at endless length", { tid: "t".repeat(65) }, "the claim tid names no tenant", {}],
    ["is a logout token", {}, "wrong type of token", { typ: "logout+jwt" }],
    ["is a proof of possession", {}, "wrong type of token", { typ: "dpop+jwt" }],
    ["has a type that is no text", {}, "wrong type of token", { typ: 1 }],
  ])("%s", async (_what, claims, reason, header) => {
    expect(await refusal(await issuer.token(claims, header))).toMatchObject({
      code: "TOKEN_INVALID",
      message: "The bearer token is not valid for this server.",
      reason,
    });
  });

  it("has expired: the one thing that the caller is told", async () => {
    expect(await refusal(await issuer.token({ exp: secondsFromNow(-31) }))).toMatchObject({
      code: "TOKEN_EXPIRED",
      kind: "UNAUTHENTICATED",
      message: "The bearer token has expired. Get a new one.",
      reason: "it has expired",
    });
  });

  it("has expired and is wrong besides: then it is not valid, or an anonymous caller could try things out", async () => {
    const exp = secondsFromNow(-60);
    expect((await refusal(await issuer.token({ exp, aud: "elsewhere" }))).code).toBe("TOKEN_INVALID");
    const forged = { ...(await newSigningKey()), kid: issuer.key.kid };
    expect((await refusal(await issuer.token({ exp }, {}, forged))).code).toBe("TOKEN_INVALID");
  });

  it("is signed by somebody else with the same key id", async () => {
    const forged = { ...(await newSigningKey()), kid: issuer.key.kid };
    expect((await refusal(await issuer.token({}, {}, forged))).reason).toBe("the signature is wrong");
  });

  it("is not signed at all", async () => {
    const [, payload] = (await issuer.token()).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const unsigned = `${part({ alg, kid: issuer.key.kid })}.${payload}.`;
      expect(await refusal(unsigned)).toMatchObject({
        code: "TOKEN_INVALID",
        reason: "the algorithm is not allowed",
        token: { alg },
      });
    }
  });

  it("is signed with the public key as if that were a secret", async () => {
    const pem = await exportSPKI((await importJWK(issuer.key.jwk, "ES256")) as CryptoKey);
    const [, payload] = (await issuer.token()).split(".");
    const signed = `${part({ alg: "HS256", typ: "JWT", kid: issuer.key.kid })}.${payload}`;
    for (const secret of [pem, pem.trim(), JSON.stringify(issuer.key.jwk)]) {
      const signature = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await refusal(`${signed}.${signature}`)).toMatchObject({
        code: "TOKEN_INVALID",
        reason: "the algorithm is not allowed",
      });
    }
  });

  it("is signed with a good key by an algorithm that the operator does not allow", async () => {
    const narrow = openOidcIssuer(issuer.settings({ algorithms: ["RS256"] }), quiet);
    expect((await refusal(await issuer.token(), [narrow])).reason).toBe("the algorithm is not allowed");
  });

  it("demands what we do not understand", async () => {
    const [header, payload, signature] = (await issuer.token()).split(".");
    const said = JSON.parse(Buffer.from(header ?? "", "base64url").toString()) as object;
    const demanding = `${part({ ...said, crit: ["exp"], exp: 1 })}.${payload}.${signature}`;
    expect((await refusal(demanding)).code).toBe("TOKEN_INVALID");
  });

  it("is nonsense", async () => {
    for (const text of ["", ".", "..", "a.b.c", "not a token", "{}", "ey.ey.ey", "x".repeat(10_000)]) {
      const refused = { code: "TOKEN_INVALID", reason: "it is not a JWT", token: {} };
      expect(await refusal(text)).toMatchObject(refused);
    }
  });

  it("says of itself what an operator needs, cut where it is long, and nothing more", async () => {
    const secretive = { email: "ada@shop.example", name: "Ada", aud: ["one", "two"], sub: "s".repeat(1_000) };
    const token = await issuer.token(secretive, { kid: "k".repeat(1_000) });
    expect({ ...(await refusal(token)).token }).toEqual({
      iss: issuer.url,
      aud: "one two",
      tenant: "tenant-1",
      subject: "s".repeat(200),
      alg: "ES256",
      kid: "k".repeat(200),
      typ: undefined,
    });
  });
});

describe("a key that a token brings along", () => {
  it("is not looked at, wherever it says to look", async () => {
    const attacker = await startHandMadeIssuer();
    const { jwk } = attacker.key;
    const theirs = `${attacker.url}/keys`;
    for (const header of [
      { jku: theirs },
      { jwk },
      { x5u: theirs },
      { jku: theirs, jwk, kid: issuer.key.kid },
      { jku: theirs, jwk, x5u: theirs, kid: undefined },
    ])
      expect(await refusal(await issuer.token({}, header, attacker.key))).toMatchObject({
        code: "TOKEN_INVALID",
      });
    expect(attacker.asked).toEqual([]);
    await attacker.stop();
  });
});
