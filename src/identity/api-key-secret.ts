import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { ApiKeyRefused } from "./api-key-refused";

/** What every API key begins with: people, proxies and secret scanners know it by that. */
export const API_KEY_PREFIX = "pgk_";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_BYTES = 32;
/** As many base 62 digits as 32 bytes can need. */
const RANDOM_DIGITS = 43;
/** As many base 62 digits as 32 bits can need. */
const CHECKSUM_DIGITS = 6;
const LENGTH = API_KEY_PREFIX.length + RANDOM_DIGITS + CHECKSUM_DIGITS;
const SHAPE = /^pgk_[0-9A-Za-z]+$/;

/** A new API key: `pgk_`, 32 random bytes in base 62, and a checksum of both; always 53 characters. */
export function makeApiKeySecret(): string {
  const random = BigInt(`0x${randomBytes(RANDOM_BYTES).toString("hex")}`);
  const body = API_KEY_PREFIX + inBase62(random, RANDOM_DIGITS);
  return body + checksumOf(body);
}

/** Whether a bearer's text means to be an API key, well typed or not: no token of an issuer begins so. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith(API_KEY_PREFIX);
}

/** Whether the text has an API key's shape and its checksum fits: a mistyped one is known without a look anywhere. */
export function isWellTypedApiKey(text: string): boolean {
  return (
    text.length === LENGTH && SHAPE.test(text) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_DIGITS)))
  );
}

/**
 * The hash of an API key that somebody signs in with, by which it is found.
 * @throws API_KEY_INVALID it is mistyped
 */
export function hashOfShownApiKey(text: string): string {
  if (!isWellTypedApiKey(text)) throw new ApiKeyRefused("mistyped");
  return hashApiKeySecret(text);
}

/**
 * SHA-256 of the whole key, in hex: what we store instead of it. A slow hash protects what people choose, because it
 * can be guessed; 256 random bits cannot, so a fast one, which a lookup by index needs, gives nothing away.
 */
export function hashApiKeySecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** The key's last four characters, by which people tell their keys apart; they belong to its checksum. */
export function lastCharactersOf(secret: string): string {
  return secret.slice(-4);
}

function checksumOf(body: string): string {
  return inBase62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function inBase62(number: bigint, digits: number): string {
  let text = "";
  for (let left = number; left > 0n; left /= 62n) text = ALPHABET.charAt(Number(left % 62n)) + text;
  return text.padStart(digits, "0");
}
