import { GraphQLError } from "graphql";
import { enumValues } from "../../../schema/register-enum";
import type { DomainError } from "../../errors/domain-error";
import { eventErrors } from "../../events/event.errors";

/** A message may quote names of any length from the document; it is cut to this many UTF-16 code units. */
const MAX_MESSAGE_LENGTH = 1_000;

/** What graphql-js writes around a value is shorter than this: only so much of a message's start and end is searched. */
const MAX_RULE_LENGTH = 600;

const SUGGESTION = " Did you mean ";

/** Enums with more values are looked up in the schema. */
const MAX_LISTED_VALUES = 12;

/**
 * The rules whose messages quote a value, up to the value. Each is matched at the start of a bounded text. A message goes on
 * with the value, which is the caller's and is cut off, and may end with a suggestion, which is kept.
 */
const RULES_BEFORE_VALUE: [RegExp, string][] = [
  [/^(\w+|Enum "\w+") cannot represent ((?:[\w-]+ )*value): /, "$1 cannot represent $2."],
  [/^(Argument "\w+" has an? invalid value) /, "$1."],
  [/^(Syntax Error: (?:Expected \S{1,100}, found|Unexpected) (?:String|BlockString|Int|Float)) "/, "$1."],
];

/** The rules about a variable whose messages quote no value. */
const RULES_WITHOUT_VALUE = [
  /^Field "\w+" of required type "[\w![\]]+" was not provided\.$/,
  /^Field "\w+" is not defined by type "\w+"\.(?: Did you mean [^?]*\?)?$/,
  /^Expected non-nullable type "[\w![\]]+" not to be null\.$/,
  /^Expected type "\w+" to be an object\.$/,
  /^(?:Expected type "\w+"\. )?A \w+ must [^"]*$/,
];

/** A message of graphql-js without what it guesses was meant: names of the schema, which an anonymous caller is not told. */
export function withoutSuggestions(message: string): string {
  let rest = message;
  let kept = "";
  for (let at = rest.indexOf(SUGGESTION); at >= 0; at = rest.indexOf(SUGGESTION)) {
    const end = rest.indexOf("?", at);
    if (end < 0) break;
    kept += rest.slice(0, at);
    rest = rest.slice(end + 1);
  }
  return kept + rest;
}

/**
 * A message of graphql-js about a mistaken document or variable without the values that the caller sent: those may be
 * secrets, and answers are kept in places that secrets are not. Names of the document stay. The result has at most 1,000
 * UTF-16 code units, and the time that it takes grows with the message's length only.
 */
export function withoutValues(message: string): string {
  const [start, variable] = /^Variable "(\$\w+)" got invalid value /.exec(message) ?? [];
  if (start === undefined || variable === undefined) return shortened(ruleWithoutValue(message) ?? message);
  const rest = message.slice(endOfValue(message, start.length));
  const [place = "", path] = /^ at "([\w.[\]]+)"/.exec(rest.slice(0, MAX_RULE_LENGTH)) ?? [];
  const what = `Variable "${variable}" got an invalid value${path ? ` at "${path}"` : ""}`;
  const rule = rest.startsWith("; ", place.length) ? rest.slice(place.length + 2) : "";
  const told = RULES_WITHOUT_VALUE.some((pattern) => rule.length <= MAX_RULE_LENGTH && pattern.test(rule))
    ? rule
    : ruleWithoutValue(rule);
  return shortened(told === undefined ? `${what}.` : `${what}; ${told}`);
}

/** The refusal of an event type that does not exist, which listeners must be able to tell from other mistakes; undefined for those. */
export function unknownEventType(message: string): DomainError | undefined {
  if (!message.includes('"EventType" enum') && !message.includes('"EventType" cannot represent'))
    return undefined;
  return eventErrors.EVENT_TYPE_UNKNOWN(
    `${withoutValues(message)} Event types are written like INVITATION_ACCEPTED; docs/events.md lists them.`,
  );
}

/** The message of a broken rule without the value in it; undefined for one that is not known to quote a value. */
function ruleWithoutValue(message: string): string | undefined {
  const start = message.slice(0, MAX_RULE_LENGTH);
  for (const [pattern, told] of RULES_BEFORE_VALUE) {
    const [found] = pattern.exec(start) ?? [];
    if (found === undefined) continue;
    const [, ofEnum] = /^Enum "(\w+)"/.exec(found) ?? [];
    return found.replace(pattern, told) + (suggestionIn(message) || (ofEnum ? valuesOf(ofEnum) : ""));
  }
  return enumRule(message) ?? literalRule(start, message);
}

/** `Value "x" does not exist in "Colour" enum.`, with x written as it is, quotes in it too. */
function enumRule(message: string): string | undefined {
  if (!message.startsWith("Value ")) return undefined;
  const [, name] =
    /^" does not exist in "(\w+)" enum\./.exec(endFrom(message, '" does not exist in "')) ?? [];
  return name && `The value does not exist in "${name}" enum.${suggestionIn(message) || valuesOf(name)}`;
}

/** `Expected value of type "DateTime", found "x"; A DateTime must …`. */
function literalRule(start: string, message: string): string | undefined {
  const [, expected] = /^(Expected value of type "[\w![\]]+"), found /.exec(start) ?? [];
  if (expected === undefined) return undefined;
  const [, reason] = /^; (A \w+ must [^"]*)$/.exec(endFrom(message, "; A ")) ?? [];
  return reason ? `${expected}. ${reason}` : `${expected}.`;
}

/** All values of an enum, for somebody who wrote none that is near; as a suggestion, which anonymous callers are not told. */
function valuesOf(name: string): string {
  const values = enumValues.get(name) ?? [];
  return values.length > 0 && values.length <= MAX_LISTED_VALUES
    ? `${SUGGESTION}one of ${values.join(", ")}?`
    : "";
}

function suggestionIn(message: string): string {
  const end = endFrom(message, SUGGESTION);
  return /^ Did you mean [\w", ]+\?$/.test(end) ? end : "";
}

/** The end of a message from the last place on where a text stands; empty where that is not near the end. */
function endFrom(message: string, text: string): string {
  const end = message.slice(-MAX_RULE_LENGTH);
  const at = end.lastIndexOf(text);
  return at < 0 ? "" : end.slice(at);
}

/** Where a value that graphql-js has written into a message ends: before what follows it outside of quotes. */
function endOfValue(message: string, start: number): number {
  let isQuoted = false;
  for (let at = start; ;) {
    // A new one each time: another message may be read in between.
    const marks = isQuoted ? /[\\"]/g : /["; ]/g;
    marks.lastIndex = at;
    const found = marks.exec(message);
    if (!found) return message.length;
    const [mark] = found;
    at = found.index;
    if (!isQuoted && (message.startsWith("; ", at) || message.startsWith(' at "', at))) return at;
    if (mark === '"') isQuoted = !isQuoted;
    at += mark === "\\" ? 2 : 1;
  }
}

/** A message of any length, cut in the middle where it is too long. */
function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  return `${message.slice(0, MAX_MESSAGE_LENGTH - MAX_RULE_LENGTH - 1)}…${message.slice(-MAX_RULE_LENGTH)}`;
}

/** A mistake as an anonymous caller is told it: without the names of the schema that it may have meant. */
export function forAnonymous(mistake: GraphQLError): GraphQLError {
  const { nodes, source, positions, path, originalError } = mistake;
  return new GraphQLError(withoutSuggestions(mistake.message), {
    nodes,
    source,
    positions,
    path,
    originalError,
  });
}
