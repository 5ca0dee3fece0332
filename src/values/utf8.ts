import { isUtf8 } from "node:buffer";

/** Bytes that are not UTF-8. The message is a sentence that names the first wrong byte, its line and the way out. */
export class NotUtf8 extends Error {
  override readonly name = "NotUtf8";
}

const BYTE_ORDER_MARK = "\uFEFF";
const REPLACEMENT = "\uFFFD";

/**
 * Decodes UTF-8 and never repairs it: the text is what the bytes say, without a byte order mark at its beginning.
 * @throws NotUtf8 the bytes are no UTF-8, such as Latin-1 (Windows-1252) or UTF-16
 */
export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new NotUtf8(describeMistake(bytes));
  const text = bytes.toString("utf8");
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** Whether a text holds half of a character (a lone surrogate), which no encoding can store. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

/**
 * Whether bytes were lost when somebody else decoded a text: it holds U+FFFD, or half of a character. For texts that
 * reach the program decoded, such as environment variables, command lines and the claims of a token.
 */
export function isDamaged(text: string): boolean {
  return text.includes(REPLACEMENT) || hasLoneSurrogate(text);
}

function describeMistake(bytes: Buffer): string {
  if (/^(fffe|feff)/.test(bytes.toString("hex", 0, 2))) {
    return "It is UTF-16, not UTF-8. Save or send it as UTF-8.";
  }
  const at = firstMistake(bytes);
  const line = bytes.subarray(0, at).filter((byte) => byte === LINE_FEED).length + 1;
  const byte = bytes[at].toString(16).toUpperCase().padStart(2, "0");
  return (
    `It is not UTF-8: the byte 0x${byte} on line ${line} is none of a character. ` +
    "It may be Latin-1 or Windows-1252 (ANSI); save or send it as UTF-8."
  );
}

const LINE_FEED = 0x0a;
const REPLACEMENT_BYTES = "efbfbd";

/** Where the first byte stands that is wrong; the bytes before it are UTF-8. */
function firstMistake(bytes: Buffer): number {
  const repaired = bytes.toString("utf8");
  let offset = 0;
  for (let from = 0; ;) {
    const found = repaired.indexOf(REPLACEMENT, from);
    offset += Buffer.byteLength(repaired.slice(from, found));
    if (bytes.toString("hex", offset, offset + 3) !== REPLACEMENT_BYTES) return offset;
    offset += 3;
    from = found + 1;
  }
}
