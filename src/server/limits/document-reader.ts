import { type DocumentNode, GraphQLError, type GraphQLSchema } from "graphql";
import type { Limits } from "../../config/limits";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents";
import { MIN_PRICE } from "./operation-cost";
import { readDocument, readingPrice } from "./read-document";
import { TextCache } from "./text-cache";

/** What a reader goes by. */
export interface DocumentReaderOptions {
  limits: Limits;
  trusted: TrustedDocuments;
}

/** Parses and validates texts, and remembers what came of it: documents and mistakes alike. */
export class DocumentReader {
  private readonly documents = new TextCache<DocumentNode>();
  private readonly mistakes = new TextCache<GraphQLError[]>();

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
    if (mistakes) await charge(MIN_PRICE);
    if (mistakes) return mistakes;
    const { limits } = this.options;
    await charge(readingPrice(text, limits));
    const found = readDocument(this.schema, text, limits);
    if (Array.isArray(found)) this.mistakes.keep(text, found.map(withoutNodes));
    else this.documents.keep(text, found);
    return found;
  }
}

/** The same mistake without the parsed document that it stands in, which takes a hundred times the memory of its text. */
function withoutNodes({ message, source, positions, originalError }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { source, positions, originalError });
}
