import { type DocumentNode, GraphQLError, type GraphQLSchema, Source } from "graphql";
import type { Limits } from "../../config/limits";
import { DomainError } from "../../errors/domain-error";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents";
import { MIN_PRICE } from "./operation-cost";
import { parseDocument, readingPrice, validateDocument } from "./read-document";
import { textCache } from "./text-cache";

/** What a reader goes by. */
export interface DocumentReaderOptions {
  limits: Limits;
  trusted: TrustedDocuments;
}

/** Parses and validates texts, and remembers what came of it: documents and mistakes alike. */
export class DocumentReader {
  private readonly documents = textCache<DocumentNode>();
  private readonly mistakes = textCache<Mistake[]>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly options: DocumentReaderOptions,
  ) {}

  /** The document of a text that is trusted, or that was read before and is valid. */
  known(text: string): DocumentNode | undefined {
    return this.options.trusted.withText(text) ?? this.documents.get(text);
  }

  /**
   * The document of a text, or its mistakes as errors for `formatError`. `charge` is asked for the price of a text that is
   * not known, in points, before it is parsed, and for one point where a text's mistakes are known; what it throws is
   * thrown on.
   */
  async read(
    text: string,
    charge: (points: number) => Promise<void>,
  ): Promise<DocumentNode | GraphQLError[]> {
    const known = this.known(text);
    if (known) return known;
    const mistakes = this.mistakes.get(text);
    if (mistakes) {
      await charge(MIN_PRICE);
      return mistakes.map((mistake) => errorOf(text, mistake));
    }
    await charge(readingPrice(text, this.options.limits));
    const found = await this.readNew(text, charge);
    const weight = text.length;
    if (!Array.isArray(found)) this.documents.set(text, found, { weight });
    else this.mistakes.set(text, found.map(mistakeOf), { weight });
    return found;
  }

  private async readNew(
    text: string,
    charge: (points: number) => Promise<void>,
  ): Promise<DocumentNode | GraphQLError[]> {
    const { limits } = this.options;
    const parsed = parseDocument(text, limits);
    if (Array.isArray(parsed)) return parsed;
    if (parsed.price > 0) await charge(parsed.price);
    return validateDocument(this.schema, parsed.document, limits);
  }
}

/**
 * A mistake as it is remembered: plain data. An error would keep its stack, and with it the parsed document and everything
 * that validation had at hand, which is thousands of times the text.
 */
interface Mistake {
  message: string;
  positions: readonly number[] | undefined;
  refusal: Pick<DomainError, "code" | "kind" | "message" | "field" | "details"> | undefined;
}

function mistakeOf({ message, positions, originalError }: GraphQLError): Mistake {
  if (!(originalError instanceof DomainError)) return { message, positions, refusal: undefined };
  const { code, kind, field, details } = originalError;
  return { message, positions, refusal: { code, kind, message: originalError.message, field, details } };
}

function errorOf(text: string, { message, positions, refusal }: Mistake): GraphQLError {
  const originalError =
    refusal && new DomainError(refusal.code, refusal.kind, refusal.message, refusal.field, refusal.details);
  return new GraphQLError(message, { source: new Source(text), positions, originalError });
}
