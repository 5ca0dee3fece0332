import { generalErrors } from "../errors/general.errors";
import { decodeUtf8, hasLoneSurrogate } from "../values/utf8";
import type { Key, KeysetOrder } from "./keyset-order";

/** No cursor that is given out is longer: 200 characters of a search key, and an id, in base64. */
const MAX_CURSOR_LENGTH = 2_000;

/** The cursor of a row: the name of its order, and its key, which is the sort column's value and the id. */
export function encodeCursor(order: KeysetOrder, key: Key): string {
  return Buffer.from(JSON.stringify([order.name, ...key])).toString("base64url");
}

/**
 * The key in a cursor, which must be of this order.
 * @throws CURSOR_INVALID it is not
 */
export function decodeCursor(order: KeysetOrder, cursor: string): Key {
  try {
    const text = cursor.length > MAX_CURSOR_LENGTH ? "[]" : decodeUtf8(Buffer.from(cursor, "base64url"));
    const [name, value, id] = JSON.parse(text) as unknown[];
    // A number would be compared with the column's text in another way by each database.
    if (name === order.name && isKeyText(value) && isKeyText(id)) return [value, id];
  } catch {
    // Not even JSON: refused below like any other text that is no cursor.
  }
  throw generalErrors.CURSOR_INVALID(
    "`after` is not a cursor of this list in this order. Leave it out to start from the beginning.",
    { field: "after" },
  );
}

/** Sort columns and ids hold text, which begins and ends without a space and has no control character. */
function isKeyText(value: unknown): value is string {
  return (
    typeof value === "string" && value === value.trim() && !/\p{Cc}/u.test(value) && !hasLoneSurrogate(value)
  );
}
