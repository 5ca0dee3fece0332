import { z } from "zod";

/** The sizes at which an operation, a caller or a socket is refused; alike over every endpoint. */
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
  /** Bytes that may wait for one connection's peer to read them, and so the longest answer to one operation. */
  unreadPerConnection: number;
  /** Bytes that may wait for all peers of one process. */
  unread: number;
  /** Seconds after which a peer that has bytes waiting and reads none of them is disconnected. */
  unreadSeconds: number;
  /** Seconds within which a whole HTTP request must have arrived. */
  requestSeconds: number;
}

/** Bytes of an HTTP request's body. */
export const MAX_BODY_BYTES = 256 * 1024;

/** UTF-16 code units of a bearer token; Node takes no more than 16 KiB of headers. */
export const MAX_TOKEN_LENGTH = 16 * 1024;

const MIB = 1024 * 1024;

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

/** The variables that set limits; docs/limits.md tells the defaults. */
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
  LIMIT_TEXT: whole(10_000, MAX_BODY_BYTES).default(10_000),
  LIMIT_VALUES: whole(100, 100_000).default(1_000),
  LIMIT_COST: whole(1, 1_000_000).default(1_500),
  LIMIT_BUDGET: whole(1, 100_000_000).default(20_000),
  LIMIT_SENT_BUDGET: whole(1, 1_000_000_000).default(200_000),
  LIMIT_BUDGET_SECONDS: whole(1, 86_400).default(40),
  LIMIT_ANONYMOUS_REQUESTS: whole(1, 1_000_000).default(400),
  LIMIT_OPERATIONS_PER_SOCKET: whole(1, 1_000).default(20),
  LIMIT_SOCKETS_PER_USER: whole(1, 100_000).default(200),
  LIMIT_SOCKETS_PER_NODE: whole(1, 1_000_000).default(5_000),
  LIMIT_UNKNOWN_SOCKETS_PER_ADDRESS: whole(1, 100_000).default(100),
  // Slow listeners have up to 256 KiB and one event waiting; the limit must be well above that.
  LIMIT_UNREAD_PER_CONNECTION: whole(MIB, 256 * MIB).default(8 * MIB),
  LIMIT_UNREAD: whole(MIB, 65_536 * MIB).default(48 * MIB),
  LIMIT_UNREAD_SECONDS: whole(1, 3_600).default(120),
  LIMIT_REQUEST_SECONDS: whole(1, 300).default(30),
};

/** Rules about several limits, asked of the raw values, so a mistake elsewhere does not hide them. */
export function limitProblems(found: Record<string, string | undefined>): string[] {
  const numberOf = (name: "LIMIT_UNREAD" | "LIMIT_UNREAD_PER_CONNECTION") =>
    limitVariables[name].safeParse(found[name]).data;
  const [all, one] = [numberOf("LIMIT_UNREAD"), numberOf("LIMIT_UNREAD_PER_CONNECTION")];
  if (all === undefined || one === undefined || one <= all) return [];
  return ["LIMIT_UNREAD must be at least LIMIT_UNREAD_PER_CONNECTION: one connection may fill it alone"];
}

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
    unreadPerConnection: found.LIMIT_UNREAD_PER_CONNECTION,
    unread: found.LIMIT_UNREAD,
    unreadSeconds: found.LIMIT_UNREAD_SECONDS,
    requestSeconds: found.LIMIT_REQUEST_SECONDS,
  };
}
