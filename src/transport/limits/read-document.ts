import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Lexer,
  parse,
  Source,
  TokenKind,
  validate,
} from "graphql";
import type { Limits } from "../../config/limits";
import { repeatsOf } from "./document-repeats";
import { MAX_MISTAKES, tooLarge } from "./limit-refusals";

/** How documents are read at every endpoint, as Apollo wants it told. */
export function readingWithin({ tokens: maxTokens }: Pick<Limits, "tokens">) {
  return { parseOptions: { maxTokens }, validationOptions: { maxErrors: MAX_MISTAKES } };
}

/** Tokens whose validation is worth one point. */
const TOKENS_PER_POINT = 10;
/** UTF-16 code units whose parsing is worth one point. */
const LENGTH_PER_POINT = 500;

/**
 * What it costs to parse and validate a text that is not known, in points: by its length and its number of tokens. Stops
 * counting where the parser would stop: at a mistake, or beyond the limit.
 */
export function readingPrice(text: string, { tokens: maxTokens }: Pick<Limits, "tokens">): number {
  return (
    Math.ceil(countTokens(text, maxTokens) / TOKENS_PER_POINT) + Math.floor(text.length / LENGTH_PER_POINT)
  );
}

function countTokens(text: string, maxTokens: number): number {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  try {
    while (count <= maxTokens && lexer.advance().kind !== TokenKind.EOF) count++;
  } catch {
    // The parser names the mistake.
  }
  return count;
}

/** Pairs of fields whose comparison is worth one point. */
const PAIRS_PER_POINT = 20;

/** Parses a text and counts what it repeats: the document with the price of its validation in points, or its mistakes. */
export function parseDocument(
  text: string,
  limits: Pick<Limits, "tokens" | "sameField" | "fields">,
): { document: DocumentNode; price: number } | GraphQLError[] {
  try {
    const document = parse(text, readingWithin(limits).parseOptions);
    const { excess, pairs } = repeatsOf(document, limits);
    if (excess) return [new GraphQLError("", { originalError: tooLarge(excess) })];
    return { document, price: Math.floor(pairs / PAIRS_PER_POINT) };
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** Validates a document that `parseDocument` gave: the document, or its mistakes. */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: Pick<Limits, "tokens">,
): DocumentNode | GraphQLError[] {
  const mistakes = validate(schema, document, undefined, readingWithin(limits).validationOptions);
  return mistakes.length > 0 ? [...mistakes] : document;
}

/** Parses and validates a text: the document, or its mistakes. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  limits: Pick<Limits, "tokens" | "sameField" | "fields">,
): DocumentNode | GraphQLError[] {
  const parsed = parseDocument(text, limits);
  return Array.isArray(parsed) ? parsed : validateDocument(schema, parsed.document, limits);
}
