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
import { repeatsBeyond } from "./document-repeats";
import { MOST_MISTAKES, tooLarge } from "./limit-refusals";

/** How documents are read at every door, as Apollo wants it told. */
export function readingWithin({ tokens: maxTokens }: Pick<Limits, "tokens">) {
  return { parseOptions: { maxTokens }, validationOptions: { maxErrors: MOST_MISTAKES } };
}

/** Tokens whose validation is worth one point. */
const TOKENS_PER_POINT = 10;
/** UTF-16 code units whose parsing is worth one point. */
const LENGTH_PER_POINT = 1_000;

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

/** Parses a text, checks that it can be validated in bounded time, and validates it: the document, or its mistakes. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  limits: Pick<Limits, "tokens" | "sameField">,
): DocumentNode | GraphQLError[] {
  const { parseOptions, validationOptions } = readingWithin(limits);
  try {
    const document = parse(text, parseOptions);
    const excess = repeatsBeyond(document, limits);
    if (excess) return [new GraphQLError("", { originalError: tooLarge(excess) })];
    const mistakes = validate(schema, document, undefined, validationOptions);
    return mistakes.length > 0 ? [...mistakes] : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
