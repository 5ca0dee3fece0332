import { openOidcIssuer, type TrustedIssuer, verifyToken } from "../../src/identity";
import {
  type HandMadeIssuer,
  quiet,
  refusalOfToken,
  secondsFromNow,
  startHandMadeIssuer,
} from "./hand-made-issuer";

const GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10";

let issuer: HandMadeIssuer;
let trusted: TrustedIssuer;
beforeAll(async () => {
  issuer = await startHandMadeIssuer();
  trusted = openOidcIssuer(issuer.settings(), quiet);
});
afterAll(() => issuer.stop());

const verify = (token: string) => verifyToken([trusted], token);

describe("a token of an OpenID Connect issuer", () => {
  it("says who the person is, of which organization, in which cloud, and until when", async () => {
    const exp = secondsFromNow(60);
    const claims = {
      exp,
      email: "Ada@Shop.example",
      name: "Ada",
      wids: [GLOBAL_ADMIN],
      email_verified: true,
    };
    expect(await verify(await issuer.token(claims))).toEqual({
      tenantId: "tenant-1",
      subject: "subject-1",
      email: "ada@shop.example",
      displayName: "Ada",
      isGlobalAdmin: true,
      cloud: "PUBLIC",
      expiresAt: exp * 1000,
    });
  });

  it("is read by the claims that the operator named, and by no others", async () => {
    const claims = { tenant: "org", subject: "oid", email: "mail", name: "full_name", roles: "roles" };
    const renamed = openOidcIssuer(issuer.settings({ claims, globalAdminRole: "boss" }), quiet);
    const said = { org: "o-1", oid: "p-1", mail: "a@b.example", full_name: "A B", roles: ["boss"] };
    const theirs = { tid: "t", sub: "s", email: "x@y.example", name: "X", wids: [GLOBAL_ADMIN] };
    const both = { ...theirs, ...said };
    expect(await verifyToken([renamed], await issuer.token(both))).toMatchObject({
      tenantId: "o-1",
      subject: "p-1",
      email: "a@b.example",
      displayName: "A B",
      isGlobalAdmin: true,
    });
    const bare = await issuer.token({ ...theirs, org: "o-1", oid: "p-1" });
    expect(await verifyToken([renamed], bare)).toMatchObject({
      email: "",
      displayName: "p-1",
      isGlobalAdmin: false,
    });
    expect((await refusalOfToken(await issuer.token({ ...both, org: undefined }), [renamed])).reason).toBe(
      "the claim org is missing",
    );
  });

  it("may be for any of the audiences that are configured, and for others besides", async () => {
    const two = openOidcIssuer(issuer.settings({ audiences: ["first", "second"] }), quiet);
    for (const aud of ["first", "second", ["elsewhere", "second"]])
      expect((await verifyToken([two], await issuer.token({ aud }))).subject).toBe("subject-1");
  });

  it.each([undefined, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt"])(
    "may be of the type %s",
    async (typ) => {
      expect((await verify(await issuer.token({}, { typ }))).subject).toBe("subject-1");
    },
  );

  it("may be half a minute early or late: clocks differ", async () => {
    const claims = { nbf: secondsFromNow(20), iat: secondsFromNow(20), exp: secondsFromNow(-20) };
    expect((await verify(await issuer.token(claims))).subject).toBe("subject-1");
  });

  it("needs no key id where the issuer has one key only", async () => {
    expect((await verify(await issuer.token({}, { kid: undefined }))).subject).toBe("subject-1");
  });

  it("has a name that fits on a line, whatever the person calls itself", async () => {
    const name = `A\u0000\n\tB\u2028${"🐝".repeat(300)}`;
    const { displayName } = await verify(await issuer.token({ name }));
    expect(displayName).toBe(`A B ${"🐝".repeat(196)}`);
  });
});

describe("a damaged token", () => {
  it.each([
    ["tid", "org\ud800"],
    ["tid", "org\uFFFD"],
    ["sub", "ann\udc00"],
    ["sub", "ann\uFFFD"],
  ])("whose %s is %j names nobody: two people could be one", async (claim, value) => {
    expect(await refusalOfToken(await issuer.token({ [claim]: value }), [trusted])).toMatchObject({
      code: "TOKEN_INVALID",
      reason: expect.stringContaining(`the claim ${claim} names`) as string,
    });
  });

  it.each(["Ann\ud800", "Ann\uFFFD"])("with the name %j says who it is by the address", async (name) => {
    const { displayName } = await verify(await issuer.token({ name, email: "ann@b.example" }));
    expect(displayName).toBe("ann@b.example");
  });
});

describe("an e-mail address in a token", () => {
  const emailOf = async (claims: object) => (await verify(await issuer.token(claims))).email;

  it("is the person's where the issuer vouches for it, or says nothing about that", async () => {
    for (const vouched of [{}, { email_verified: true }, { email_verified: "true" }, { xms_edov: 1 }])
      expect(await emailOf({ email: "a@b.example", ...vouched })).toBe("a@b.example");
  });

  it.each([false, "false", null, 0, "", {}, []])(
    "is none where email_verified is %p: nobody may join by another's address",
    async (email_verified) => {
      expect(await emailOf({ email: "a@b.example", email_verified })).toBe("");
    },
  );

  it("is none where Entra does not know the domain's owner", async () => {
    expect(await emailOf({ email: "a@b.example", xms_edov: false })).toBe("");
    expect(await emailOf({ email: "a@b.example", xms_edov: "0", email_verified: true })).toBe("");
  });

  it.each([
    "\u212aarl@b.example",
    "karl@\u212aontoso.example",
    "karl@con\u00adtoso.example",
    "ｋarl@b.example",
  ])("%j becomes nobody else's", async (email) => {
    expect(await emailOf({ email, email_verified: true })).toBe("");
  });

  it("is none where it is no address, and never taken from another claim", async () => {
    for (const email of [undefined, 42, "", "ada", "a b@c.example", "a@b@c.example", ["a@b.example"]])
      expect(await emailOf({ email, preferred_username: "p@b.example", upn: "u@b.example" })).toBe("");
    expect(await emailOf({ email: `${"a".repeat(250)}@b.example` })).toBe("");
  });
});
