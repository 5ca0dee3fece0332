import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { keepPrivateFile, makePrivateFolder } from "../config/private-files";
import type { SecretBox } from "../context/webhook-dependencies";
import { FileRefused } from "../errors/file-refused";

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
 * @throws FileRefused the data folder cannot be used, or the file of the key is damaged
 */
export function developmentSecretsKey(dataDir: string): Buffer {
  const file = join(dataDir, "development-secrets.key");
  makePrivateFolder(dataDir);
  const key = Buffer.from(
    keepPrivateFile(file, () => randomBytes(KEY_BYTES).toString("base64")),
    "base64",
  );
  if (key.length === KEY_BYTES) return key;
  throw new FileRefused(
    `The file ${file} is damaged: it does not hold ${KEY_BYTES} bytes in base64. Bring it back from a copy, or remove it: then webhook ` +
      "secrets that were sealed with it cannot be used any more.",
  );
}
