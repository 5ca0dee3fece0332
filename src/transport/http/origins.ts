import type { IncomingHttpHeaders } from "node:http";
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import type { Config } from "../../config/config";
import { generalErrors } from "../../errors/general.errors";

/** The part of the configuration that says whose web pages may come in. */
export type OriginSettings = Pick<Config, "allowedOrigins" | "publicUrl" | "production">;

/** How long a browser may go by the answer to a preflight. */
const PREFLIGHT_KEPT_SECONDS = 7_200;

/** Where a server is that somebody develops with: names that no foreign DNS server can point here. */
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
const LOOPBACK_ORIGIN = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** Which web pages may call the API and open sockets: a page cannot lie about its origin, and only pages tell one. */
export class Origins {
  /** As a browser writes them. */
  readonly list: string[];
  private readonly hosts: Set<string>;
  private readonly isDevelopment: boolean;

  constructor({ allowedOrigins, publicUrl, production }: OriginSettings) {
    this.list = [...new Set([new URL(publicUrl).origin, ...allowedOrigins])];
    this.hosts = new Set(this.list.map((origin) => new URL(origin).host));
    this.isDevelopment = !production;
  }

  /** The origins whose pages may read the API's answers: outside production also those of this machine, at any port. */
  get ofPages(): (string | RegExp)[] {
    return this.isDevelopment ? [...this.list, LOOPBACK_ORIGIN] : this.list;
  }

  /**
   * Whether a page of this origin may open a socket. No origin is no browser.
   * @throws ORIGIN_NOT_ALLOWED it may not, or a name that may be anybody's leads to this machine (DNS rebinding)
   */
  ensureSocketAllowed({ origin, host }: IncomingHttpHeaders): void {
    if (origin === undefined) return;
    if (!this.isListed(origin)) {
      throw generalErrors.ORIGIN_NOT_ALLOWED(
        "Web pages of this origin may not open sockets here. The operator can allow it: ALLOWED_ORIGINS.",
      );
    }
    this.ensureHostAllowed(host);
  }

  /**
   * Outside production, refuses a browser that came here by a name that may be anybody's: a page under that name would be
   * of the same origin, and so could read what is meant for developers only (DNS rebinding).
   * @throws ORIGIN_NOT_ALLOWED naming what to set
   */
  ensureHostAllowed(host: string | undefined): void {
    if (!this.isDevelopment) return;
    if (host !== undefined && (LOOPBACK_HOST.test(host) || this.hosts.has(host.toLowerCase()))) return;
    throw generalErrors.ORIGIN_NOT_ALLOWED(
      "This server is in development and does not know the host name that you used. Use localhost, or set PUBLIC_URL or ALLOWED_ORIGINS to an address with this name.",
    );
  }

  private isListed(origin: string): boolean {
    return this.list.includes(origin) || (this.isDevelopment && LOOPBACK_ORIGIN.test(origin));
  }
}

/**
 * Headers that pages of other origins may send. The second line is Apollo Client's, the third what tracing by OpenTelemetry and Sentry
 * adds to requests.
 */
const ALLOWED_HEADERS = [
  ...["authorization", "content-type", "x-request-id", "last-event-id"],
  ...["apollo-require-preflight", "x-apollo-operation-name", "apollographql-client-name"],
  ...["apollographql-client-version", "traceparent", "tracestate", "baggage", "sentry-trace"],
];

/** What an answer says of itself that pages of other origins may read. */
const EXPOSED_HEADERS = [
  "x-request-id",
  "retry-after",
  "ratelimit-limit",
  "ratelimit-remaining",
  "ratelimit-reset",
  "content-disposition",
  "www-authenticate",
  "allow",
];

/**
 * Lets pages of the listed origins read the API's answers (CORS). They send their token in a header: no cookie and no
 * other credential of the browser's is ever taken.
 */
export async function registerCors(fastify: FastifyInstance, { ofPages }: Origins): Promise<void> {
  await fastify.register(cors, {
    origin: ofPages,
    methods: ["GET", "POST"],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_KEPT_SECONDS,
    // Its refusal would be the only answer that is not in the shape of all others.
    strictPreflight: false,
  });
}
