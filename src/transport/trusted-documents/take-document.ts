import type { AskedOperation } from "../http/asked-operation";
import { RequestRefused } from "../http/request-refused";
import type { TrustedDocuments } from "./trusted-documents";

/**
 * Puts the text of a trusted document into an operation that asks for it by its id, so that what comes after meets texts
 * only.
 * @throws RequestRefused it has no document
 * @throws DOCUMENT_UNKNOWN, DOCUMENT_NOT_TRUSTED, BAD_REQUEST as `TrustedDocuments.textOf`
 */
export function takeDocument(
  trusted: TrustedDocuments,
  asked: AskedOperation,
  requestId: string,
): AskedOperation {
  const text = trusted.textOf(asked, requestId);
  if (text !== undefined) asked.query = text;
  // Apollo's clients go on by themselves when Apollo says that it keeps no queries.
  else if (!asked.extensions?.persistedQuery)
    throw new RequestRefused(400, "Send `query` or `documentId` as text.");
  return asked;
}
