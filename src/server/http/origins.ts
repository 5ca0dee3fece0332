import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import type { Config } from "../../config/config";

/** The part of the configuration that says whose web pages may come in. */
export type OriginSettings = Pick<Config, "allowedOrigins" | "publicUrl" | "production">;

/** How long a browser may go by the answer to a preflight. */
const PREFLIGHT_KEPT_SECONDS = 7_200;

/** Which web pages may open a socket: a page cannot lie about its origin, and only pages tell one. */
export class Origins {
  /** As a browser writes them. */
  readonly list: string[];
  private readonly sameHostIsEnough: boolean;

  constructor({ allowedOrigins, publicUrl, production }: OriginSettings) {
    this.list = [...new Set([new URL(publicUrl).origin, ...allowedOrigins])];
    this.sameHostIsEnough = !production;
  }

  /**
   * Whether somebody from this `Origin`, who asked for this `Host`, may come in. No origin is no browser. Outside
   * production the page that was got from the same host may, so that the explorer works on any port.
   */
  allow(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.list.includes(origin)) return true;
    return this.sameHostIsEnough && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  }
}

/**
 * Lets pages of the listed origins read the API's answers (CORS). They send their token in a header: no cookie and no
 * other credential of the browser's is ever taken.
 */
export async function registerCors(fastify: FastifyInstance, { list }: Origins): Promise<void> {
  await fastify.register(cors, {
    origin: list,
    methods: ["GET", "POST"],
    allowedHeaders: [
      "authorization",
      "content-type",
      "x-request-id",
      "apollo-require-preflight",
      "last-event-id",
    ],
    exposedHeaders: [
      "x-request-id",
      "retry-after",
      "ratelimit-limit",
      "ratelimit-remaining",
      "ratelimit-reset",
    ],
    maxAge: PREFLIGHT_KEPT_SECONDS,
  });
}
