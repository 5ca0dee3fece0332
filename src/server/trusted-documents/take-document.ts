import type { AskedOperation } from "../http/asked-operation";
import type { TrustedDocuments } from "./trusted-documents";

/**
 * Puts the text of a trusted document into an operation that asks for it by its id, so that what comes after meets texts
 * only.
 * @throws DOCUMENT_UNKNOWN, DOCUMENT_NOT_TRUSTED, BAD_REQUEST as `TrustedDocuments.textOf`
 */
export function takeDocument(
  trusted: TrustedDocuments,
  asked: AskedOperation,
  requestId: string,
): AskedOperation {
  const text = trusted.textOf(asked, requestId);
  // What has no text is left as it is, for its endpoint to refuse.
  if (text !== undefined) asked.query = text;
  return asked;
}
