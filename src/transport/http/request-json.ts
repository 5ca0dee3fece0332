import type { FastifyInstance, FastifyRequest } from "fastify";
import { decodeUtf8, NotUtf8 } from "../../values/utf8";
import { RequestRefused } from "./request-refused";

/** Names of UTF-8, and of ASCII, which is a part of it. */
const UTF8_NAMES = /^(?:utf-?8|us-ascii|ascii)$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/** What a text must have so that one of its names may be refused: one of them, or an escape that may hide it. */
const MAY_BE_REFUSED = /__proto__|constructor|\\u/;

/**
 * Parses the JSON of a request, at every endpoint. Names that reach an object's prototype in careless code (`__proto__`,
 * and `prototype` in a `constructor`) are refused wherever they stand.
 * @param notJson the message where it is no JSON
 * @throws RequestRefused it is no JSON, or has such a name; nothing of the text is in the message
 */
export function parseRequestJson(text: string, notJson = text === "" ? EMPTY : NO_JSON): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestRefused(400, notJson);
  }
  ensurePlainNames(text, value);
  return value;
}

/**
 * Refuses names that reach an object's prototype, in the value that a text was parsed into.
 * @throws RequestRefused there is such a name
 */
export function ensurePlainNames(text: string, value: unknown): void {
  if (MAY_BE_REFUSED.test(text)) ensureNoPrototypes(value);
}

const EMPTY = "The request's body is empty. Send a JSON object with `query`.";
const NO_JSON = "The request is not valid JSON.";

/**
 * Has fastify read JSON bodies this way, as UTF-8 (RFC 8259, section 8.1). Nothing is repaired, because a repaired text would
 * be stored. Bodies of other types stay unread texts, or are refused with 415.
 */
export function registerJsonBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      ensureUtf8Declared(request);
      done(null, parseRequestJson(decodeUtf8(body as Buffer)));
    } catch (refusal) {
      const message = `The body cannot be read. ${(refusal as Error).message}`;
      done(refusal instanceof NotUtf8 ? new RequestRefused(400, message) : (refusal as Error));
    }
  });
}

function ensureUtf8Declared({ headers }: FastifyRequest): void {
  const [, charset] = CHARSET.exec(headers["content-type"] ?? "") ?? [];
  if (charset === undefined || UTF8_NAMES.test(charset)) return;
  throw new RequestRefused(
    415,
    "JSON is read as UTF-8, not in another charset. Send UTF-8, with charset=utf-8 or without a charset.",
  );
}

/** Not by recursion: a list in a list in a list may be deeper than the stack. */
function ensureNoPrototypes(value: unknown): void {
  const open = [value];
  while (open.length > 0) {
    const at = open.pop();
    if (typeof at !== "object" || at === null) continue;
    if (Array.isArray(at)) {
      for (const inside of at as unknown[])
        if (typeof inside === "object" && inside !== null) open.push(inside);
      continue;
    }
    for (const name in at) {
      const inside = (at as Record<string, unknown>)[name];
      if (name === "__proto__" || (name === "constructor" && hasPrototype(inside)))
        throw new RequestRefused(
          400,
          "The request has an object with the name `__proto__`, or with `prototype` in a `constructor`. Such names are refused; take another one.",
        );
      if (typeof inside === "object" && inside !== null) open.push(inside);
    }
  }
}

function hasPrototype(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "prototype");
}
