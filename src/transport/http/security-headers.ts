import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import helmet from "helmet";

const YEAR_SECONDS = 365 * 86_400;

/** What is said of every answer, and of an upgrade that is refused before any framework sees it. */
export const PLAIN_SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Gives every answer headers that keep a browser from making more of it than it is: it runs nothing, stands in no
 * frame and is not guessed at. A page that needs more (the explorer, the invitation page) sends a policy of its own
 * instead. `https` says that PUBLIC_URL is reached that way and no other: browsers are told to remember that.
 */
export function registerSecurityHeaders(fastify: FastifyInstance, { https }: { https: boolean }): void {
  // They are the same for every answer, so helmet is asked once.
  const headers = headersOfHelmet({ https });
  fastify.addHook("onRequest", (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

function headersOfHelmet({ https }: { https: boolean }): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const answer = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
    frameguard: { action: "deny" },
    // These are about pages, and about programs that are gone; each header of each answer costs time.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    hsts: https && { maxAge: YEAR_SECONDS, includeSubDomains: false },
  })(request, answer, () => undefined);
  return { ...answer.getHeaders() };
}
