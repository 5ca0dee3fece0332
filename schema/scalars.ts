import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

function instant(value: unknown): string {
  if (typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value))) {
    return new Date(value).toISOString();
  }
  throw new GraphQLError("A DateTime must be ISO 8601 text in UTC, such as 2026-11-21T10:00:00.000Z.");
}

/** An instant in UTC with milliseconds. Rows hold it as the same text, so nothing is converted on the way out. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description: "An instant as ISO 8601 text in UTC with milliseconds, such as `2026-11-21T10:00:00.000Z`.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  serialize: (value) => value as string,
  parseValue: instant,
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : undefined),
});
