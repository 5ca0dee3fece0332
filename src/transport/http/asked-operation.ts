import type { FastifyRequest } from "fastify";
import { generalErrors } from "../../errors/general.errors";
import type { AskedDocument } from "../trusted-documents/trusted-documents";
import { parseRequestJson } from "./request-json";
import type { AddressParameters } from "./request-target";
import { RequestRefused } from "./request-refused";

/** An operation by its text or by its id, in the one form that all endpoints read it in. */
export interface AskedOperation extends AskedDocument {
  query?: string | null;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  documentId?: string | null;
  extensions?: Record<string, unknown> | null;
}

/** The query parameters that a request's address has. */
export function parametersOf({ query }: Pick<FastifyRequest, "query">): AddressParameters {
  return query as AddressParameters;
}

/**
 * The operation that an HTTP request asks for: a POST's JSON body, or a GET's `query` or `documentId`, `variables`,
 * `operationName` and `extensions`. A POST may have its `documentId` in its address.
 * @throws RequestRefused it is none; the message names the field and what it must be
 */
export function askedOver(request: FastifyRequest): AskedOperation {
  if (request.method !== "POST") return askedOperation(askedInAddress(parametersOf(request)));
  const asked = askedOperation(request.body);
  const documentId = parametersOf(request).get("documentId");
  if (documentId === undefined || asked.documentId === documentId) return asked;
  if (isAbsent(asked.documentId)) return { ...asked, documentId };
  throw generalErrors.BAD_REQUEST("The body and the address say different `documentId`s. Send one of them.");
}

/** `null`, an empty text and nothing are the same in an address. */
function askedInAddress(parameters: AddressParameters): Record<string, unknown> {
  const jsonOf = (name: string) => {
    const text = parameters.get(name);
    const notJson = `\`${name}\` in the address must be a JSON object, percent-encoded: ${name}=%7B%22name%22%3A%22value%22%7D.`;
    return text === undefined || text === "" ? undefined : parseRequestJson(text, notJson);
  };
  return {
    query: parameters.get("query"),
    documentId: parameters.get("documentId"),
    operationName: parameters.get("operationName"),
    variables: jsonOf("variables"),
    extensions: jsonOf("extensions"),
  };
}

/**
 * Checks that a value is an operation; every endpoint takes the same ones. Null and nothing are the same.
 * @throws RequestRefused it is none; the message names the field and what it must be
 */
export function askedOperation(value: unknown): AskedOperation {
  if (!isRecord(value))
    throw new RequestRefused(
      400,
      "Send an object with `query` or `documentId`; lists of operations are refused.",
    );
  for (const name of TEXTS) ensure(isAbsent(value[name]) || typeof value[name] === "string", name, "text");
  for (const name of OBJECTS) ensure(isAbsent(value[name]) || isRecord(value[name]), name, "a JSON object");
  return value;
}

const TEXTS = ["query", "documentId", "operationName"] as const;
const OBJECTS = ["variables", "extensions"] as const;

function ensure(isGood: boolean, name: string, kind: string): void {
  if (!isGood) throw new RequestRefused(400, `\`${name}\` must be ${kind}, null, or left out.`);
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Whether a value is an object with names, as JSON has it. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
