import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind } from "graphql";
import type { Logger } from "pino";
import { ConfigInvalid } from "../../config/config";
import type { Limits } from "../../config/limits";
import { fewOf, type TrustedDocumentsConfig } from "../../config/trusted-documents";
import { tooLarge } from "../limits/limit-refusals";
import { excessOf, sizeOf } from "../limits/operation-size";
import { readDocument } from "../limits/read-document";
import { type TrustedDocument, TrustedDocuments } from "./trusted-documents";

/** What trusted documents are made from. */
export interface DocumentsSource {
  trustedDocuments: TrustedDocumentsConfig;
  limits: Limits;
}

/**
 * Reads the trusted documents, so that no request has to.
 * @throws ConfigInvalid one is no valid document of this schema or is beyond a limit; the message has a line for each
 */
export function openTrustedDocuments(
  { trustedDocuments: { mode, file, texts }, limits }: DocumentsSource,
  schema: GraphQLSchema,
  log: Logger,
): TrustedDocuments {
  const documents = new Map<string, TrustedDocument>();
  const problems: string[] = [];
  for (const [hash, text] of texts) {
    const read = readDocument(schema, text, limits);
    const mistakes = Array.isArray(read) ? read.map(toldWithPlace) : mistakesIn(read, schema, limits);
    for (const mistake of mistakes) problems.push(`entry "sha256:${hash}": ${mistake}`);
    if (!Array.isArray(read)) documents.set(hash, { text, document: read });
  }
  if (problems.length > 0)
    throw new ConfigInvalid(
      fewOf(problems)
        .map((problem) => `TRUSTED_DOCUMENTS_FILE ${file} ${problem}`)
        .join("\n"),
    );
  if (mode !== "off") log.info({ mode, documents: documents.size }, "trusted documents");
  return new TrustedDocuments(mode, documents, log);
}

function toldWithPlace({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `${message} (line ${place.line}, column ${place.column})` : message;
}

function mistakesIn(document: DocumentNode, schema: GraphQLSchema, limits: Limits): string[] {
  return document.definitions.flatMap((operation) => {
    if (operation.kind !== Kind.OPERATION_DEFINITION) return [];
    const excess = excessOf(sizeOf(schema, document, operation), limits);
    return excess ? [tooLarge(excess).message] : [];
  });
}
