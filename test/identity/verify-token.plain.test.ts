import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportSPKI, SignJWT } from "jose";
import { type DevelopmentIssuer, openDevelopmentIssuer, verifyToken } from "../../src/identity";
import { AT_ONCE_MS } from "../support/patience";

let folder: string;
let issuer: DevelopmentIssuer;
let privateKey: KeyObject;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-issuer-"));
  issuer = await openDevelopmentIssuer(folder);
  const { createPrivateKey } = await import("node:crypto");
  const pem = JSON.parse(readFileSync(join(folder, "development-issuer.json"), "utf8")) as {
    privateKey: string;
  };
  privateKey = createPrivateKey(pem.privateKey);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10";
const ada = {
  tenantId: "tenant-1",
  subject: "subject-1",
  email: "Ada@Shop.example",
  displayName: "Ada",
  isGlobalAdmin: true,
};

/** A token with the right key and right claims, except for what a test changes. */
function token(
  claims: Record<string, unknown> = {},
  { alg = "EdDSA", key = privateKey } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const usual = { iss: issuer.issuer, aud: issuer.audiences[0], sub: "s", tid: "t", exp: now + 60, iat: now };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg }).sign(key);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

async function messageFor(text: string, code = "TOKEN_INVALID"): Promise<string> {
  try {
    await verifyToken([issuer], text);
  } catch (error) {
    expect(error).toMatchObject({ code, kind: "UNAUTHENTICATED" });
    return (error as Error).message;
  }
  throw new Error("The token was believed.");
}

const NOT_VALID = "The bearer token is not valid for this server.";

describe("a good token", () => {
  it("says who the person is, of which organization, in which cloud, and until when", async () => {
    const claims = await verifyToken([issuer], await issuer.sign(ada, 60));
    expect(claims).toMatchObject({ ...ada, email: "ada@shop.example", cloud: "PUBLIC" });
    expect(Math.abs(claims.expiresAt - (Date.now() + 60_000))).toBeLessThan(AT_ONCE_MS);
  });

  it("makes a Global admin only of who has that role", async () => {
    const isAdmin = async (wids: unknown) =>
      (await verifyToken([issuer], await token({ wids }))).isGlobalAdmin;
    expect(await isAdmin([GLOBAL_ADMIN])).toBe(true);
    expect(await isAdmin(["other", GLOBAL_ADMIN])).toBe(true);
    for (const wids of [undefined, [], ["other"], GLOBAL_ADMIN, { 0: GLOBAL_ADMIN }]) {
      expect(await isAdmin(wids)).toBe(false);
    }
  });

  it("stays good when the issuer is opened again: the keys are kept, and only the owner may read them", async () => {
    const again = await openDevelopmentIssuer(folder);
    expect((await verifyToken([again], await issuer.sign(ada, 60))).subject).toBe("subject-1");
    expect(statSync(join(folder, "development-issuer.json")).mode & 0o777).toBe(0o600);
  });

  it("may be of any of the trusted issuers", async () => {
    const elsewhere = { ...issuer, issuer: "https://other.example" };
    expect((await verifyToken([elsewhere, issuer], await token())).subject).toBe("s");
    const foreign = await token({ iss: "https://other.example" });
    expect((await verifyToken([elsewhere, issuer], foreign)).subject).toBe("s");
  });
});

describe("a token that is not believed", () => {
  it("has expired, and is told so; half a minute of difference between clocks is allowed", async () => {
    expect(await messageFor(await token({ exp: secondsFromNow(-60) }), "TOKEN_EXPIRED")).toMatch(/expired/);
    expect((await verifyToken([issuer], await token({ exp: secondsFromNow(-10) }))).subject).toBe("s");
  });

  it.each<[string, Record<string, unknown>]>([
    ["is for another server", { aud: "elsewhere" }],
    ["is for no server", { aud: undefined }],
    ["is of another issuer", { iss: "https://evil.example" }],
    ["names no issuer", { iss: undefined }],
    ["never expires", { exp: undefined }],
    ["is not good yet", { nbf: Math.floor(Date.now() / 1000) + 3_600 }],
    ["names no person", { sub: undefined }],
    ["names nobody", { sub: "" }],
    ["names no organization", { tid: undefined }],
    ["names an empty organization", { tid: "" }],
    ["names an organization that is no text", { tid: 42 }],
  ])("%s", async (_what, claims) => {
    expect(await messageFor(await token(claims))).toBe(NOT_VALID);
  });

  it("is signed with another key", async () => {
    const { privateKey: key } = generateKeyPairSync("ed25519");
    expect(await messageFor(await token({}, { key }))).toBe(NOT_VALID);
  });

  it("is not signed at all", async () => {
    const [, payload] = (await token()).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      expect(await messageFor(`${part({ alg })}.${payload}.`)).toBe(NOT_VALID);
    }
  });

  it("is signed with the public key as if that were a secret", async () => {
    const pem = await exportSPKI(await issuer.keys({ alg: "EdDSA" }, "t"));
    const [, payload] = (await token()).split(".");
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${payload}`;
    for (const secret of [pem, pem.trim()]) {
      const signature = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await messageFor(`${signed}.${signature}`)).toBe(NOT_VALID);
    }
  });

  it("is signed with an algorithm that the issuer does not use", async () => {
    const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(await messageFor(await token({}, { alg: "ES256", key }))).toBe(NOT_VALID);
  });

  it("was changed after it was signed, by any character of its claims", async () => {
    const [header, , signature] = (await token()).split(".");
    const forged = {
      iss: issuer.issuer,
      aud: issuer.audiences[0],
      sub: "boss",
      tid: "t",
      exp: secondsFromNow(60),
    };
    expect(await messageFor(`${header}.${part(forged)}.${signature}`)).toBe(NOT_VALID);
  });

  it.each(["", ".", "..", "a.b.c", "not a token", "{}", "ey.ey.ey", "x".repeat(10_000)])(
    "is nonsense: %.20s",
    async (text) => {
      expect(await messageFor(text)).toBe(NOT_VALID);
    },
  );

  it("is any token where no issuer is trusted", async () => {
    await expect(verifyToken([], await token())).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  });
});
