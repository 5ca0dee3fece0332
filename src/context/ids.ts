import { createHash } from "node:crypto";
import { typeid } from "typeid-js";

/** The prefix that each kind of row's id starts with: an id says what it is. */
export const idPrefixes = {
  partner: "part",
  partnership: "pship",
  user: "user",
  customer: "cust",
  invitation: "inv",
  receivedInvitation: "rinv",
  relationship: "rel",
  offer: "offer",
  subscription: "sub",
  event: "evt",
  apiKey: "key",
  activity: "act",
  webhookEndpoint: "whe",
  webhookDelivery: "whd",
} as const;

/** A kind of row that has ids of its own. */
export type IdKind = keyof typeof idPrefixes;

const kindByPrefix = new Map<string, IdKind>(
  (Object.keys(idPrefixes) as IdKind[]).map((kind) => [idPrefixes[kind], kind]),
);

/** The longest id: prefix, underscore, suffix. */
const MAX_LENGTH = Math.max(...Object.values(idPrefixes).map((prefix) => prefix.length)) + 1 + 26;
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** A new TypeID: the kind's prefix and a UUIDv7, so ids sort by the time they were made. */
export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}

/** Crockford's base32, as the suffix of a TypeID is written. */
const SUFFIX_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** The id of something that is not stored: always the same for the same text. */
export function derivedId(kind: IdKind, text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  // The first letter of a suffix holds three bits only.
  const letters = Array.from(bytes.subarray(0, 26), (byte, at) => SUFFIX_LETTERS[byte % (at === 0 ? 8 : 32)]);
  return `${idPrefixes[kind]}_${letters.join("")}`;
}

/** The id of the same thing as another kind of object: the same suffix behind the other prefix. Nothing needs to be stored for it. */
export function idAs(kind: IdKind, id: string): string {
  return `${idPrefixes[kind]}${id.slice(id.lastIndexOf("_"))}`;
}

/** The kind that a well-formed id says it is; nothing for a malformed one. */
export function kindOfId(id: string): IdKind | undefined {
  if (id.length > MAX_LENGTH) return undefined;
  const at = id.lastIndexOf("_");
  if (at < 0 || !SUFFIX.test(id.slice(at + 1))) return undefined;
  return kindByPrefix.get(id.slice(0, at));
}
