import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { renderExplorerDocument, type ExplorerOptions } from "./explorer-document";

export type { ExplorerOptions, ExplorerTab } from "./explorer-document";

/** Who may get the page, which may carry tokens. */
export interface ExplorerGate {
  /** Throws the refusal of a request with these headers. */
  ensureAllowed: (headers: IncomingHttpHeaders) => void;
}

interface PackedPage {
  gzipped: Buffer;
  etag: string;
  contentSecurityPolicy: string;
}

/**
 * Serves GraphiQL at `options.path`, for people who explore the API in a browser. The page asks nothing of any other
 * origin. It is rendered at the first request, so registering it costs a server start nothing.
 */
export function registerExplorer(
  fastify: FastifyInstance,
  { ensureAllowed, ...options }: ExplorerOptions & ExplorerGate,
): void {
  let packed: Promise<PackedPage> | undefined;
  fastify.get(options.path, async (request, reply) => {
    ensureAllowed(request.headers);
    packed ??= packPage(options);
    return sendPage(request, reply, await packed);
  });
}

async function packPage(options: ExplorerOptions): Promise<PackedPage> {
  const { html, scriptSource } = await renderExplorerDocument(options);
  return {
    gzipped: await promisify(gzip)(html),
    etag: `W/"${createHash("sha256").update(html).digest("base64url")}"`,
    contentSecurityPolicy: contentSecurityPolicy(scriptSource),
  };
}

// Monaco puts styles and fonts in the page and starts its workers from blobs; 'self' covers our WebSocket too.
function contentSecurityPolicy(scriptSource: string): string {
  return [
    "default-src 'self'",
    `script-src ${scriptSource}`,
    "worker-src blob:",
    "connect-src 'self'",
    "style-src 'unsafe-inline'",
    "font-src data:",
    "img-src data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: PackedPage,
): Promise<FastifyReply> {
  reply.headers({
    "content-security-policy": page.contentSecurityPolicy,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-cache",
    etag: page.etag,
    vary: "accept-encoding",
  });
  // The tabs may carry tokens: no other site may read this page, whatever the API's CORS rules say.
  reply.removeHeader("access-control-allow-origin");
  if (isFresh(request.headers["if-none-match"], page.etag)) {
    return reply.code(304).send();
  }
  reply.type("text/html; charset=utf-8");
  if (acceptsGzip(request.headers["accept-encoding"])) {
    return reply.header("content-encoding", "gzip").send(page.gzipped);
  }
  // Rare enough that unpacking each time, as fast as it is read, is better than keeping 9 MB more in memory.
  return reply.send(Readable.from([page.gzipped]).pipe(createGunzip()));
}

// Proxies that compress drop or add the weak mark, so only the quoted part is compared.
function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return known.includes("*") || known.includes(etag.replace(/^W\//, ""));
}

function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const entry of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [coding = "", weight = "1"] = entry.split(/;\s*q=/);
    weights.set(coding.trim(), Number(weight));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}
