import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from "graphql";
import type { Limits } from "../../config/limits";
import { MOST_MISTAKES } from "./limit-refusals";

/** How documents are read at every door, as Apollo wants it told. */
export function readingWithin({ tokens: maxTokens }: Pick<Limits, "tokens">) {
  return { parseOptions: { maxTokens }, validationOptions: { maxErrors: MOST_MISTAKES } };
}

/** Parses and validates a text: the document, or what is wrong with it. */
export function readDocument(
  schema: GraphQLSchema,
  text: string,
  limits: Pick<Limits, "tokens">,
): DocumentNode | GraphQLError[] {
  const { parseOptions, validationOptions } = readingWithin(limits);
  try {
    const document = parse(text, parseOptions);
    const mistakes = validate(schema, document, undefined, validationOptions);
    return mistakes.length > 0 ? [...mistakes] : document;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}
