import type { FastifyInstance, FastifyRequest } from "fastify";
import { decodeUtf8, NotUtf8 } from "../../values/utf8";

/** A request whose text is not UTF-8; the status and message go to the caller as they are. */
class EncodingRefused extends Error {
  override readonly name = "EncodingRefused";

  constructor(
    readonly statusCode: 400 | 415,
    message: string,
  ) {
    super(message);
  }
}

/** Names of UTF-8, and of ASCII, which is a part of it. */
const UTF8_NAMES = /^(?:utf-?8|us-ascii|ascii)$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/**
 * Makes every endpoint take text as UTF-8 or refuse it (RFC 8259, section 8.1): JSON bodies, and addresses with their
 * parameters. Nothing is repaired, because a repaired text would be stored.
 */
export function registerTextEncoding(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser("error", "error");
  fastify.removeContentTypeParser("application/json");
  fastify.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      ensureUtf8Declared(request);
      void parseJson(request, decodeUtf8(body as Buffer), done);
    } catch (error) {
      done(
        error instanceof NotUtf8
          ? new EncodingRefused(400, `The body cannot be read. ${error.message}`)
          : (error as Error),
      );
    }
  });
  fastify.addHook("onRequest", (request, _reply, done) => {
    done(isUtf8Address(request.url) ? undefined : addressRefused());
  });
}

function ensureUtf8Declared({ headers }: FastifyRequest): void {
  const [, charset] = CHARSET.exec(headers["content-type"] ?? "") ?? [];
  if (charset === undefined || UTF8_NAMES.test(charset)) return;
  const named = charset.slice(0, MAX_QUOTED);
  throw new EncodingRefused(
    415,
    `JSON is read as UTF-8, not as ${named}. Send UTF-8, with charset=utf-8 or without a charset.`,
  );
}

const MAX_QUOTED = 40;

/** Node refuses an address with other bytes than ASCII; parsers of parameters replace what is no UTF-8. */
function isUtf8Address(url: string): boolean {
  if (!url.includes("%")) return true;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

function addressRefused(): Error {
  return new EncodingRefused(
    400,
    "The address is not percent-encoded UTF-8. Encode every parameter, for example with encodeURIComponent.",
  );
}
