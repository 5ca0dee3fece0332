import { mkdtempSync, rmSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { developmentSecretsKey, secretBox } from "../../src/webhooks/secret-box";

describe("a sealed secret", () => {
  const key = randomBytes(32);
  const box = secretBox(key);

  it("opens under its key, for the endpoint that it was sealed for", () => {
    const sealed = box.seal("whsec_secret", "whe_1");
    expect(box.open(sealed, "whe_1")).toBe("whsec_secret");
    expect(secretBox(key).open(sealed, "whe_1")).toBe("whsec_secret");
    expect(sealed).not.toContain("secret");
  });

  it("looks different each time", () => {
    expect(box.seal("whsec_secret", "whe_1")).not.toBe(box.seal("whsec_secret", "whe_1"));
  });

  it("does not open for another endpoint, under another key, changed, cut, or sealed in an unknown way", () => {
    const sealed = box.seal("whsec_secret", "whe_1");
    const bytes = Buffer.from(sealed.slice(3), "base64");
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] ^= 1;
    expect(() => box.open(sealed, "whe_2")).toThrow();
    expect(() => secretBox(randomBytes(32)).open(sealed, "whe_1")).toThrow();
    expect(() => box.open(`v1.${changed.toString("base64")}`, "whe_1")).toThrow();
    expect(() => box.open(`v1.${bytes.subarray(0, 20).toString("base64")}`, "whe_1")).toThrow();
    expect(() => box.open(`v2.${sealed.slice(3)}`, "whe_1")).toThrow();
  });

  it("takes a key of 32 bytes and no other", () => {
    expect(() => secretBox(randomBytes(31))).toThrow("32 bytes");
  });
});

describe("the key of a server that is not in production", () => {
  it("is made once in the data folder, and only its owner may read it", () => {
    const folder = mkdtempSync(join(tmpdir(), "partnergraph-key-"));
    const key = developmentSecretsKey(join(folder, "data"));
    expect(key).toHaveLength(32);
    expect(developmentSecretsKey(join(folder, "data"))).toEqual(key);
    expect(statSync(join(folder, "data", "development-secrets.key")).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });
});
