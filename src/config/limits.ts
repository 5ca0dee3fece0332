import { z } from "zod";

/** The sizes at which an operation, a caller or a socket is refused; alike over every door. */
export interface Limits {
  /** Fields inside fields. */
  depth: number;
  aliases: number;
  /** Fields in all, fragments expanded. */
  fields: number;
  /** How often one field may stand in one selection set. */
  sameField: number;
  directives: number;
  /** Lexical tokens of the document. */
  tokens: number;
  /** UTF-16 code units of a name in the document, and of a field's name in the variables. */
  name: number;
  /** UTF-16 code units of one text, in the document or in the variables. */
  text: number;
  /** Values in the variables: objects, lists, and what is in them. */
  values: number;
  /** Points of one operation. */
  cost: number;
  /** Points that one user or API key may spend in `budgetSeconds`. */
  budget: number;
  /** Points that one user or API key may be sent in `budgetSeconds` by live operations and files. */
  sentBudget: number;
  budgetSeconds: number;
  /** Requests that one address may make in `budgetSeconds` without being signed in. */
  anonymousRequests: number;
  operationsPerSocket: number;
  socketsPerUser: number;
  socketsPerNode: number;
  /** Sockets of one address that have not signed in yet. */
  unknownSocketsPerAddress: number;
}

/** Bytes of an HTTP request's body. */
export const LARGEST_BODY = 256 * 1024;

/** UTF-16 code units of a bearer token; Node takes no more than 16 KiB of headers. */
export const MAX_TOKEN_LENGTH = 16 * 1024;

/** A number within bounds, written as text. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(1, "must be a number") // Number("") is 0.
    .pipe(
      z.coerce
        .number<string>("must be a number")
        .int("must be a whole number")
        .min(min, `must be at least ${min}`)
        .max(max, `must be at most ${max}`),
    );

/** The variables that set limits; the defaults are those of expectations.md 2. */
export const limitVariables = {
  LIMIT_DEPTH: whole(1, 100).default(12),
  LIMIT_ALIASES: whole(0, 1_000).default(15),
  LIMIT_FIELDS: whole(1, 100_000).default(1_000),
  LIMIT_SAME_FIELD: whole(1, 1_000).default(10),
  LIMIT_DIRECTIVES: whole(0, 1_000).default(10),
  // graphql-js reads nested braces by recursion, and some 6,000 tokens of them are more than the stack holds.
  LIMIT_TOKENS: whole(10, 4_000).default(2_000),
  LIMIT_NAME: whole(50, 10_000).default(200),
  // The longest text of the schema is an invitation's body: 5,000 characters, of which each may be two code units.
  LIMIT_TEXT: whole(10_000, LARGEST_BODY).default(10_000),
  LIMIT_VALUES: whole(100, 100_000).default(1_000),
  LIMIT_COST: whole(1, 1_000_000).default(2_000),
  LIMIT_BUDGET: whole(1, 100_000_000).default(20_000),
  LIMIT_SENT_BUDGET: whole(1, 1_000_000_000).default(200_000),
  LIMIT_BUDGET_SECONDS: whole(1, 86_400).default(40),
  LIMIT_ANONYMOUS_REQUESTS: whole(1, 1_000_000).default(400),
  LIMIT_OPERATIONS_PER_SOCKET: whole(1, 1_000).default(20),
  LIMIT_SOCKETS_PER_USER: whole(1, 100_000).default(200),
  LIMIT_SOCKETS_PER_NODE: whole(1, 1_000_000).default(5_000),
  LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: whole(1, 100_000).default(100),
};

/** The limits that the variables say. */
export function limitsOf(found: { [Name in keyof typeof limitVariables]: number }): Limits {
  return {
    depth: found.LIMIT_DEPTH,
    aliases: found.LIMIT_ALIASES,
    fields: found.LIMIT_FIELDS,
    sameField: found.LIMIT_SAME_FIELD,
    directives: found.LIMIT_DIRECTIVES,
    tokens: found.LIMIT_TOKENS,
    name: found.LIMIT_NAME,
    text: found.LIMIT_TEXT,
    values: found.LIMIT_VALUES,
    cost: found.LIMIT_COST,
    budget: found.LIMIT_BUDGET,
    sentBudget: found.LIMIT_SENT_BUDGET,
    budgetSeconds: found.LIMIT_BUDGET_SECONDS,
    anonymousRequests: found.LIMIT_ANONYMOUS_REQUESTS,
    operationsPerSocket: found.LIMIT_OPERATIONS_PER_SOCKET,
    socketsPerUser: found.LIMIT_SOCKETS_PER_USER,
    socketsPerNode: found.LIMIT_SOCKETS_PER_NODE,
    unknownSocketsPerAddress: found.LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS,
  };
}
