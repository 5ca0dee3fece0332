import fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../../config/config";
import { MAX_BODY_BYTES } from "../../config/limits";
import { isInNetworks } from "../../values/ip-address";
import type { Connections } from "../connections/connections";
import { requestIdOf } from "../graphql/error-format";
import { registerConnectionLimits } from "./connection-limits";
import { type Origins, registerCors } from "./origins";
import { answerClientError, refuseUnroutable, registerPlainRequests, registerRefusals } from "./refusals";
import { registerJsonBodies } from "./request-json";
import { parseParameters } from "./request-target";
import { registerSecurityHeaders } from "./security-headers";

/** No route has a JSON schema, and what compiles them costs a start a tenth of its time. */
const NO_COMPILERS = { buildValidator: noJsonSchemas, buildSerializer: noJsonSchemas };

function noJsonSchemas(): never {
  throw new Error(
    "A route has no JSON schema: what comes in is looked at by GraphQL, or by the route itself.",
  );
}

/** What the server's connections, pages and refusals go by. */
export interface HttpDependencies {
  connections: Connections;
  origins: Origins;
  log: Logger;
}

type RouterOptions = NonNullable<NonNullable<Parameters<typeof fastify>[0]>["routerOptions"]>;

/**
 * Makes the HTTP server without its endpoints: how requests are read, what bounds them and their answers, and how
 * requests are refused that no endpoint can take.
 */
export async function makeHttpServer(
  { trustedProxies, publicUrl }: Pick<Config, "trustedProxies" | "publicUrl">,
  { connections, origins, log }: HttpDependencies,
): Promise<FastifyInstance> {
  const { timeouts } = connections;
  // Fastify knows records only, and hands on whatever it gets.
  const querystringParser = parseParameters as unknown as RouterOptions["querystringParser"];
  const http: FastifyInstance = fastify({
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: trustedProxies.length > 0 ? isInNetworks(trustedProxies) : false,
    forceCloseConnections: "idle",
    schemaController: { compilersFactory: NO_COMPILERS },
    genReqId: (request) => requestIdOf(request.headers["x-request-id"]),
    // Fastify sets Node's own limit anew, so it must be said twice.
    requestTimeout: timeouts.requestTimeout,
    // A missing Host is refused in the shape of all other errors.
    http: { ...timeouts, requireHostHeader: false },
    routerOptions: { querystringParser },
    frameworkErrors: (error, request, reply) => refuseUnroutable(error, request, reply, log),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, connections, log),
  });
  registerRefusals(http, log);
  registerSecurityHeaders(http, { https: publicUrl.startsWith("https:") });
  await registerCors(http, origins);
  // After what gives all answers their headers, also those that are refused here.
  registerPlainRequests(http);
  registerConnectionLimits(http, connections);
  registerJsonBodies(http);
  return http;
}
