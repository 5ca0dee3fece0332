import { createHash } from "node:crypto";
import { typeid } from "typeid-js";

/** How the ids of one kind of object begin, and what one such object is called in a message. */
export interface IdKind {
  readonly prefix: string;
  readonly noun: string;
}

/** What has ids of its own: an entity whose rows have them, or an object that is derived from rows. */
export interface Identified {
  readonly ids: IdKind;
}

/** The longest id, which is what a column holds: prefix, underscore, suffix. */
const MAX_LENGTH = 40;
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** A new TypeID: the kind's prefix and a UUIDv7, so ids sort by the time they were made. */
export function newId({ ids }: Identified): string {
  return typeid(ids.prefix).toString();
}

/** Crockford's base32, as the suffix of a TypeID is written. */
const SUFFIX_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** The id of something that is not stored: always the same for the same text. */
export function derivedId({ ids }: Identified, text: string): string {
  const bytes = createHash("sha256").update(text).digest();
  // The first letter of a suffix holds three bits only.
  const letters = Array.from(bytes.subarray(0, 26), (byte, at) => SUFFIX_LETTERS[byte % (at === 0 ? 8 : 32)]);
  return `${ids.prefix}_${letters.join("")}`;
}

/** The id of the same thing as another kind of object: the same suffix behind the other prefix. Nothing needs to be stored for it. */
export function idAs({ ids }: Identified, id: string): string {
  return `${ids.prefix}${id.slice(id.lastIndexOf("_"))}`;
}

/** The prefix of a well-formed id, which says what it is the id of; nothing for a malformed one. */
export function prefixOfId(id: string): string | undefined {
  if (id.length > MAX_LENGTH) return undefined;
  const at = id.lastIndexOf("_");
  return at >= 0 && SUFFIX.test(id.slice(at + 1)) ? id.slice(0, at) : undefined;
}

/** Whether a text is a well-formed id of this kind of object. */
export function isIdOf({ ids }: Identified, id: string): boolean {
  return prefixOfId(id) === ids.prefix;
}
