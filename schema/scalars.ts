import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import { readInstant } from "../src/values/instant";
import { placeOfLiteral } from "./literal-place";

/** What a scalar of ours is: text that a rule reads. */
interface TextScalar {
  name: string;
  description: string;
  specifiedByURL?: string;
  /** Gives what a resolver gets, or the rule that the value breaks, as the end of a sentence without the value. */
  read: (value: unknown) => { value: string } | { problem: string };
}

/**
 * Makes a scalar whose refusals name the rule, and the place where that is a literal; of a variable graphql-js names the
 * place. Rows hold the same text, so nothing is converted on the way out.
 */
function textScalar({ read, ...config }: TextScalar): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    const found = read(value);
    if ("value" in found) return found.value;
    throw new GraphQLError(`A ${config.name} ${found.problem}`);
  };
  return new GraphQLScalarType<string, string>({
    ...config,
    serialize: (value) => value as string,
    parseValue: parse,
    parseLiteral: (node) => {
      const found = read(node.kind === Kind.STRING ? node.value : undefined);
      if ("value" in found) return found.value;
      const place = placeOfLiteral(node);
      const rule = `A ${config.name} ${found.problem}`;
      throw new GraphQLError(place === undefined ? rule : `${place}; ${rule}`, { nodes: node });
    },
  });
}

/** An instant. Accepted with any offset; stored, compared and returned in UTC with milliseconds. */
export const DateTimeScalar = textScalar({
  name: "DateTime",
  description:
    "An instant. Returned in UTC with milliseconds, such as `2026-11-21T10:00:00.000Z`. Accepted as RFC 3339 text with `Z` or an offset, such as `2026-11-21T15:30:00+05:30`, and up to nine digits after the second; what is finer than a millisecond is cut off. The day must exist; 24:00, leap seconds and the offset -00:00 are refused. From year 0001 to year 9999 in UTC.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  read: (value) => {
    const read = readInstant(value);
    return "instant" in read ? { value: read.instant } : read;
  },
});
