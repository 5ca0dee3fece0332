import { createHash } from "node:crypto";
import type { DocumentNode } from "graphql";
import { textCache } from "../limits/text-cache";
import type { TrustedDocuments } from "./trusted-documents";

const HASH_DIGITS = 64;

/**
 * Where Apollo finds documents that it need not read: the trusted ones, and those that the guard has read before Apollo is
 * asked. Apollo's keys end with the SHA-256 of the text, in hexadecimal digits.
 */
export class ApolloDocuments {
  private readonly recent = textCache<DocumentNode>();

  constructor(private readonly trusted: TrustedDocuments) {}

  /** Keeps a valid document under its text. */
  add(text: string, document: DocumentNode): void {
    this.recent.set(createHash("sha256").update(text).digest("hex"), document, { weight: text.length });
  }

  /** The document of one of Apollo's keys. */
  get(key: string): Promise<DocumentNode | undefined> {
    const hash = key.slice(-HASH_DIGITS);
    return Promise.resolve(this.trusted.withHash(hash) ?? this.recent.get(hash));
  }

  /** Called by Apollo with what it has read itself: a text that is too long to be kept. */
  set(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing is ever removed on demand. */
  delete(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
