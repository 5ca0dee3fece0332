import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePrivateFolder, PRIVATE_FILE_MODE } from "../config/private-files";
import type { SecretBox } from "../context/webhook-means";
import { StartRefused } from "../errors/start-refused";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Says how the text was sealed, so that a later way can be told from this one. */
const FIRST_WAY = "v1.";

/** A box that seals with AES-256-GCM under a key of 32 bytes. What is sealed for one place does not open for another. */
export function secretBox(key: Buffer): SecretBox {
  if (key.length !== KEY_BYTES) throw new Error(`A sealing key has ${KEY_BYTES} bytes.`);
  return {
    seal: (text, boundTo) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(boundTo));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return FIRST_WAY + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open: (sealed, boundTo) => {
      if (!sealed.startsWith(FIRST_WAY)) throw new Error("The text was not sealed in a way that is known.");
      const bytes = Buffer.from(sealed.slice(FIRST_WAY.length), "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(boundTo));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return text.toString("utf8");
    },
  };
}

/**
 * The key of a server that is not in production, kept in its data folder so that it outlives a restart.
 * @throws StartRefused the file is there and holds no key
 */
export function developmentSecretsKey(dataDir: string): Buffer {
  const file = join(dataDir, "development-secrets.key");
  makePrivateFolder(dataDir);
  try {
    writeFileSync(file, randomBytes(KEY_BYTES).toString("base64"), { flag: "wx", mode: PRIVATE_FILE_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // Read back also when just written: of two processes that start at once, one wrote the file.
  const key = Buffer.from(readFileSync(file, "utf8"), "base64");
  if (key.length === KEY_BYTES) return key;
  throw new StartRefused(
    `${file} must hold ${KEY_BYTES} bytes in base64. Bring it back from a copy, set SECRETS_KEY, or delete it: then a new key is made, and webhook secrets that were sealed with this one cannot be read.`,
  );
}
