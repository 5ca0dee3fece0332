import { generalErrors } from "../errors/general.errors";
import { END_OF_TEXT, type JsonMistake, jsonMistake } from "./json-mistake";

/**
 * One record of a catalogue file with the line on which it starts (the first line is 1): what it says, which may be
 * anything that JSON can say, or why it is not JSON.
 */
export type FileRecord = { line: number; value: unknown } | { line: number; problem: string };

interface Span {
  start: number;
  end: number;
}

// Takes broken text too: a string ends with its line at the latest, so that a lost quote spoils one line only.
const LOOSE_TOKEN = /"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"?|[{}[\],]|[^\s"{}[\],]+/g;
const LIST_OF_ITEMS = /"items"\s*:\s*\[/y;
const BEGINNING_OF_OBJECT = /\s*\{/y;

/**
 * Takes a catalogue file apart: `{ "items": [record, …] }` or `[record, …]`. A record that is not JSON is told as
 * such and does not spoil the others.
 * @throws FIELD_INVALID the text around the records is not JSON, or holds no list of them
 */
export function recordsOf(file: string): FileRecord[] {
  const text = file.replace(/^\uFEFF/, ""); // some editors begin a file with a byte order mark
  const start = startOfList(text);
  const spans = start === undefined ? [] : spansFrom(text, start);
  const mistake = jsonMistake(withoutRecords(text, spans)) && jsonMistake(text);
  if (mistake) throw unreadable(`It is not JSON. ${describe(text, mistake, lineCounter(text)(mistake.at))}`);
  if (start === undefined) {
    throw unreadable("It holds no offers: they are expected as a list, or as the list `items` of an object.");
  }
  const lineOf = lineCounter(text);
  return spans.map((span) => {
    const line = lineOf(span.start);
    const record = parsed(text, span);
    if ("value" in record) return { line, value: record.value };
    return { line, problem: describe(text, record.mistake, lineOf(record.mistake.at)) };
  });
}

function unreadable(reason: string) {
  return generalErrors.FIELD_INVALID(`The file cannot be read. ${reason} Nothing was imported.`, {
    field: "text",
  });
}

function tokensFrom(text: string, at: number): Iterable<RegExpExecArray> {
  LOOSE_TOKEN.lastIndex = at; // matchAll begins there, with a copy of the pattern
  return text.matchAll(LOOSE_TOKEN);
}

/** Where the list's first record may stand. */
function startOfList(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of tokensFrom(text, 0)) {
    if (depth === 0 && token === "[") return index + 1;
    if (depth === 1 && token === '"items"') {
      LIST_OF_ITEMS.lastIndex = index;
      if (LIST_OF_ITEMS.test(text)) return LIST_OF_ITEMS.lastIndex;
    }
    if (token === "{" || token === "[") depth++;
    if (token === "}" || token === "]") depth--;
  }
  return undefined;
}

/** Where the records of a list stand: its values, or in broken text what were meant to be, as far as one can tell. */
function spansFrom(text: string, listStart: number): Span[] {
  const spans: Span[] = [];
  const open: string[] = [];
  let record: Span | undefined;
  let previous = "";
  const finish = () => {
    if (record) spans.push(record);
    record = undefined;
    open.length = 0;
  };
  for (const { 0: token, index } of tokensFrom(text, listStart)) {
    if (token === "]" && open.length === 0) break;
    // An object has no name yet where a brace opens: a closing brace was lost, and here the next record starts.
    if (token === "{" && previous === "," && open[open.length - 1] === "{") finish();
    if (token === "," && open.length === 0 && record && endsHere(text, record, index + 1)) finish();
    if (token !== ",") record = { start: record?.start ?? index, end: index + token.length };
    if (token === "{" || token === "[") open.push(token);
    if (token === "}") open.length = Math.max(0, open.lastIndexOf("{"));
    if (token === "]" && open.includes("[")) open.length = open.lastIndexOf("[");
    previous = token;
  }
  finish();
  return spans;
}

/** Whether a comma after balanced brackets divides two records, and not the parts of one that lost a bracket. */
function endsHere(text: string, record: Span, afterComma: number): boolean {
  BEGINNING_OF_OBJECT.lastIndex = afterComma;
  return BEGINNING_OF_OBJECT.test(text) || "value" in parsed(text, record);
}

/** The text with a number in place of each record, every other character where it was. */
function withoutRecords(text: string, spans: Span[]): string {
  let rest = "";
  let done = 0;
  for (const { start, end } of spans) {
    rest += `${text.slice(done, start)}0`.padEnd(end - done);
    done = end;
  }
  return rest + text.slice(done);
}

function parsed(text: string, { start, end }: Span): { value: unknown } | { mistake: JsonMistake } {
  const record = text.slice(start, end);
  try {
    return { value: JSON.parse(record) };
  } catch (error) {
    const mistake = jsonMistake(record);
    if (!mistake) throw error;
    const expected = mistake.expected === END_OF_TEXT ? "a comma or ]" : mistake.expected;
    return { mistake: { at: start + mistake.at, expected } };
  }
}

function describe(text: string, { at, expected }: JsonMistake, line: number): string {
  const column = at - text.lastIndexOf("\n", at - 1);
  const where = at === text.length ? ", where the file ends" : "";
  return `Line ${line}, column ${column}${where}: expected ${expected}.`;
}

/** Tells the lines of places that are asked for in ascending order. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let next = text.indexOf("\n");
  return (at) => {
    for (; next >= 0 && next < at; next = text.indexOf("\n", next + 1)) line++;
    return line;
  };
}
