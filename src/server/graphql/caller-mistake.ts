import type { DomainError } from "../../errors/domain-error";
import { eventErrors } from "../../events/event.errors";

/** What graphql-js says about a value, up to the value itself; what follows that is the caller's and is cut off. */
const RULES_BEFORE_VALUE: [RegExp, string][] = [
  [
    /^(\w+|Enum "\w+") cannot represent ((?:[\w-]+ )*value): .*?( Did you mean [\w", ]+\?)?$/s,
    "$1 cannot represent $2.$3",
  ],
  [
    /^Value .* does not exist in "(\w+)" enum\.( Did you mean [\w", ]+\?)?$/s,
    'The value does not exist in "$1" enum.$2',
  ],
  [/^(Expected value of type "[\w![\]]+"), found .*?(?:; (A \w+ must [^"]*))?$/s, "$1. $2"],
  [/^(Argument "\w+" has an? invalid value) .*$/s, "$1."],
  [/^(Syntax Error: .*\b(?:String|BlockString|Int|Float)) ".*$/s, "$1."],
];

/** The ends of a message about a variable that say which rule was broken. */
const VARIABLE_RULES = [
  /Field "\w+" of required type "[\w![\]]+" was not provided\.$/,
  /Field "\w+" is not defined by type "\w+"\.(?: Did you mean [^?]*\?)?$/,
  /Expected non-nullable type "[\w![\]]+" not to be null\.$/,
  /Expected type "\w+" to be an object\.$/,
  /Expected type "\w+"\. A \w+ must [^"]*$/,
  /(?:\w+|Enum "\w+") cannot represent (?:[\w-]+ )*value: .*$/s,
  /Value "[^"]*" does not exist in "\w+" enum\..*$/s,
];

/** A message of graphql-js without what it guesses was meant: names of the schema, which a stranger is not told. */
export function withoutSuggestions(message: string): string {
  return message.replace(/ Did you mean [^?]*\?/g, "");
}

/**
 * A message of graphql-js about a mistaken document or variable without the values that the caller sent: those may be
 * secrets, and answers are kept in places that secrets are not (design.md 7). Names of the document stay.
 */
export function withoutValues(message: string): string {
  const [, variable] = /^Variable "(\$\w+)" got invalid value /.exec(message) ?? [];
  if (!variable) return withoutValue(message);
  const rule = VARIABLE_RULES.map((pattern) => pattern.exec(message)).find((found) => found !== null);
  const before = rule ? message.slice(0, rule.index) : message;
  const place = / at "([\w.[\]]+)"; $/.exec(before)?.[1];
  const what = `Variable "${variable}" got an invalid value${place ? ` at "${place}"` : ""}`;
  return rule ? `${what}; ${withoutValue(rule[0])}` : `${what}.`;
}

/** The refusal of an event type that does not exist, which listeners must be able to tell from other mistakes; undefined for those. */
export function unknownEventType(message: string): DomainError | undefined {
  if (!/"EventType" (?:enum\b|cannot represent)/.test(message)) return undefined;
  return eventErrors.EVENT_TYPE_UNKNOWN(
    `${withoutValues(message)} Event types are written like INVITATION_ACCEPTED; docs/events.md lists them.`,
  );
}

function withoutValue(message: string): string {
  for (const [pattern, safe] of RULES_BEFORE_VALUE) {
    if (pattern.test(message)) return message.replace(pattern, safe).trim();
  }
  return message;
}
