import type { DocumentNode } from "graphql";

const MOST_DOCUMENTS = 1_000;
/** Longer texts are rare, and a few of them shall not fill the memory. */
const LONGEST_TEXT = 16 * 1024;

/** Valid documents by their text or its hash, the least recently used ones forgotten. */
export class DocumentCache {
  private readonly documents = new Map<string, DocumentNode>();

  /** The document of a text that was valid before. */
  get(key: string): DocumentNode | undefined {
    const document = this.documents.get(key);
    if (document) {
      this.documents.delete(key);
      this.documents.set(key, document);
    }
    return document;
  }

  /** Keeps a document that is valid. */
  keep(key: string, document: DocumentNode): void {
    if ((document.loc?.source.body.length ?? 0) > LONGEST_TEXT) return;
    this.documents.set(key, document);
    if (this.documents.size <= MOST_DOCUMENTS) return;
    const [oldest] = this.documents.keys();
    if (oldest !== undefined) this.documents.delete(oldest);
  }
}
