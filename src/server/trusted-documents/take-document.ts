import type { FastifyRequest } from "fastify";
import { generalErrors } from "../../errors/general.errors";
import type { AskedDocument, TrustedDocuments } from "./trusted-documents";

/**
 * Puts the text of a trusted document into a request that asks for it by its id, so that what comes after meets texts
 * only. Gives what it refuses: its door tells after it has greeted the caller.
 */
export function takeDocument(trusted: TrustedDocuments, request: FastifyRequest): Error | undefined {
  try {
    if (request.method === "POST") takeIntoBody(request, trusted);
    else takeIntoAddress(request, trusted);
    return undefined;
  } catch (refusal) {
    return refusal as Error;
  }
}

/**
 * The document that a POST asks for. The id is in its body or in its address.
 * @throws BAD_REQUEST both have one, and not the same
 */
export function askedInPost({ body, url }: Pick<FastifyRequest, "body" | "url">): AskedDocument {
  const { query, documentId } = isObject(body) ? body : {};
  const inAddress = url.includes("documentId") ? searchOf(url).get("documentId") : null;
  if (inAddress !== null && documentId !== undefined && documentId !== inAddress)
    throw generalErrors.BAD_REQUEST(
      "The body and the address say different `documentId`s. Send one of them.",
    );
  return { query, documentId: documentId ?? inAddress };
}

function takeIntoBody(request: FastifyRequest, trusted: TrustedDocuments): void {
  const text = trusted.textOf(askedInPost(request), request.id);
  // What has no text is left as it is, for Apollo to refuse.
  if (isObject(request.body) && text !== undefined) request.body.query = text;
}

/** The address is read as Apollo reads it: what is looked at here is what is executed there. */
function takeIntoAddress({ raw, url, id }: FastifyRequest, trusted: TrustedDocuments): void {
  const search = searchOf(url);
  const documentId = search.get("documentId");
  const text = trusted.textOf({ query: search.get("query"), documentId }, id);
  if (documentId === null || text === undefined) return;
  search.set("query", text);
  raw.url = `${url.split("?")[0]}?${search.toString()}`;
}

function searchOf(url: string): URLSearchParams {
  return new URL(url, "http://localhost").searchParams;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
