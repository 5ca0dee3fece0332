/** Where a text stops being JSON. */
export interface JsonMistake {
  /** The offset of the first character that is wrong; the text's length when its end comes too early. */
  at: number;
  /** What should have stood there. */
  expected: string;
}

/** What stands after the one value that a text of JSON is. */
export const END_OF_TEXT = "the end of the text";

// An expectation that allows a bracket to close ends with that bracket.
type Expected =
  | "a value"
  | "a value or ]"
  | "a name in double quotes"
  | "a name in double quotes or }"
  | "a colon"
  | "a comma or ]"
  | "a comma or }"
  | typeof END_OF_TEXT;

const BLANK = /[ \t\n\r]*/y;
const TOKENS = [
  /[{}[\],:]/y,
  /"(?:[ -!#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy,
  /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y,
  /true|false|null/y,
];

/**
 * The first place at which a text breaks the grammar of JSON (RFC 8259); nothing exactly when JSON.parse takes the
 * text. For messages: JSON.parse says what is wrong, but on Node 20 not always where.
 */
export function jsonMistake(text: string): JsonMistake | undefined {
  const open: string[] = [];
  let expected: Expected = "a value";
  for (let at = endOf(BLANK, text, 0); at < text.length;) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end);
    const next = following(expected, token, open);
    if (next === undefined) return { at, expected: token || text[at] !== '"' ? expected : SOUND_TEXT };
    expected = next;
    at = endOf(BLANK, text, end);
  }
  return expected === END_OF_TEXT ? undefined : { at: text.length, expected };
}

const SOUND_TEXT = "text that ends on its line with a double quote and escapes nothing but what JSON escapes";

/** Tokens of two kinds never begin alike, so the order in which they are tried does not matter. */
function endOfToken(text: string, at: number): number {
  for (const pattern of TOKENS) {
    const end = endOf(pattern, text, at);
    if (end > at) return end;
  }
  return at;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** What may come after a token, or nothing where the token itself may not come; keeps the brackets that are open. */
function following(expected: Expected, token: string, open: string[]): Expected | undefined {
  if (token === "") return undefined;
  if (token === "}" || token === "]") {
    if (!expected.endsWith(token)) return undefined;
    open.pop();
    return afterValue(open);
  }
  switch (expected) {
    case "a value":
    case "a value or ]":
      if (token === "," || token === ":") return undefined;
      if (token !== "{" && token !== "[") return afterValue(open);
      open.push(token);
      return token === "{" ? "a name in double quotes or }" : "a value or ]";
    case "a name in double quotes":
    case "a name in double quotes or }":
      return token.startsWith('"') ? "a colon" : undefined;
    case "a colon":
      return token === ":" ? "a value" : undefined;
    case "a comma or }":
      return token === "," ? "a name in double quotes" : undefined;
    case "a comma or ]":
      return token === "," ? "a value" : undefined;
    case END_OF_TEXT:
      return undefined;
  }
}

function afterValue(open: string[]): Expected {
  if (open.length === 0) return END_OF_TEXT;
  return open[open.length - 1] === "{" ? "a comma or }" : "a comma or ]";
}
