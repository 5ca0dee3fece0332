import type { DocumentNode } from "graphql";
import type { Logger } from "pino";
import { documentHash, type DocumentMode, hashInId, isDocumentHash } from "../../config/trusted-documents";
import { BoundedCache } from "../../context/bounded-cache";
import { generalErrors } from "../../errors/general.errors";

/** A document of the operator's file, read and valid. */
export interface TrustedDocument {
  text: string;
  document: DocumentNode;
}

/** What a request says about its document, as it came. */
export interface AskedDocument {
  query?: unknown;
  documentId?: unknown;
}

/** How many documents are remembered as told; the oldest is told again when it comes again. */
const MAX_REPORTED = 1_000;

/** At the beginning only: elsewhere it may be a word of a value, and values stay out of the log. */
const OPERATION_NAME = /^\s*(?:query|mutation|subscription)\s+([_A-Za-z]\w{0,99})/;

/** UTF-16 code units of an id: `sha256:` and 64 digits. */
const MAX_ID_LENGTH = 71;

const SEND_AN_ID = "Send `documentId`, such as sha256:… of a document that the operator has listed.";

/** The documents that the operator has listed, and what becomes of others: the one answer for all endpoints. */
export class TrustedDocuments {
  private readonly documentsByText: ReadonlyMap<string, DocumentNode>;
  private readonly told = new BoundedCache<string, true>({ maxEntries: MAX_REPORTED });

  constructor(
    private readonly mode: DocumentMode,
    private readonly documents: ReadonlyMap<string, TrustedDocument>,
    private readonly log: Logger,
  ) {
    this.documentsByText = new Map([...documents.values()].map(({ text, document }) => [text, document]));
  }

  /** All of them. */
  get all(): DocumentNode[] {
    return [...this.documentsByText.values()];
  }

  /** The document with this SHA-256, where it is a trusted one. */
  withHash(hash: string): DocumentNode | undefined {
    return this.documents.get(hash)?.document;
  }

  /** The document with this text, where it is a trusted one. */
  withText(text: string): DocumentNode | undefined {
    return this.documentsByText.get(text);
  }

  /**
   * The text that a request asks to be executed; undefined where it has none, for its endpoint to refuse. In the log it is
   * told once of each document that is not trusted, or not known.
   * @throws DOCUMENT_UNKNOWN its id is none of a trusted document
   * @throws DOCUMENT_NOT_TRUSTED its text is none of a trusted document, and only those are executed
   * @throws BAD_REQUEST its id and its text disagree, or it has neither where only trusted documents are executed
   */
  textOf({ query, documentId }: AskedDocument, requestId: string): string | undefined {
    // graphql-ws cannot do without a text, so an empty one stands for none.
    const sent = typeof query === "string" && query !== "" ? query : undefined;
    const isIdentified = documentId !== undefined && documentId !== null;
    const text = isIdentified ? this.identified(documentId, sent, requestId) : sent;
    if (this.mode === "off" || (text !== undefined && this.documentsByText.has(text))) return text;
    if (text !== undefined) this.tell(documentHash(text), requestId, text);
    if (this.mode !== "enforce") return text;
    if (text === undefined) throw generalErrors.BAD_REQUEST(`The request has no document. ${SEND_AN_ID}`);
    throw generalErrors.DOCUMENT_NOT_TRUSTED(`This server executes trusted documents only. ${SEND_AN_ID}`);
  }

  private identified(id: unknown, sent: string | undefined, requestId: string): string {
    if (typeof id !== "string")
      throw generalErrors.BAD_REQUEST("`documentId` must be text, such as sha256:….");
    if (this.mode === "off") {
      throw generalErrors.DOCUMENT_UNKNOWN(
        "This server knows no documents by their ids. Send the operation's text as `query`.",
      );
    }
    const hash = id.length > MAX_ID_LENGTH ? "" : hashInId(id);
    const text = this.documents.get(hash)?.text;
    if (sent !== undefined) {
      if (text === sent || documentHash(sent) === hash) return sent;
      throw generalErrors.BAD_REQUEST("`documentId` is not the SHA-256 of `query`. Send one of them.");
    }
    if (text !== undefined) return text;
    if (isDocumentHash(hash)) this.tell(hash, requestId); // Nothing else of a caller's goes into the log.
    throw generalErrors.DOCUMENT_UNKNOWN(
      "No trusted document has this id. Ask the operator to list the document, under the SHA-256 of its text.",
    );
  }

  private tell(hash: string, requestId: string, text?: string): void {
    if (this.told.get(hash)) return;
    this.told.set(hash, true);
    const [, operation] = OPERATION_NAME.exec(text ?? "") ?? [];
    const what = text === undefined ? "a document is unknown" : "a document is not trusted";
    this.log.warn({ requestId, documentId: `sha256:${hash}`, operation }, what);
  }
}
