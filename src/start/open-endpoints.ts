import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Config } from "../config/config";
import { type DevelopmentIssuer } from "../identity";
import { demoTabs } from "../transport/explorer/demo-tabs";
import { registerExplorer } from "../transport/explorer/explorer-page";
import { makeApollo } from "../transport/graphql/apollo";
import { CompiledOperations } from "../transport/graphql/compiled-operations";
import { Connections } from "../transport/connections/connections";
import { registerActivityExport } from "../transport/http/activity-export";
import { registerGraphqlEndpoint } from "../transport/http/graphql-endpoint";
import { type Readiness, registerHealth } from "../transport/http/health";
import { makeHttpServer } from "../transport/http/http-server";
import { registerInvitationPage } from "../transport/http/invitation-page";
import { KnownOperations } from "../transport/http/known-operations";
import { Origins } from "../transport/http/origins";
import { registerStartPage } from "../transport/http/start-page";
import { acceptPending } from "../transport/http/pending-connections";
import { watchUnusedConnections } from "../transport/http/unused-connections";
import { registerExhaustedAddresses } from "../transport/http/exhausted-addresses";
import { OperationGuard } from "../transport/limits/operation-guard";
import { OperationPipeline } from "../transport/operation-pipeline";
import { type LiveEndpoints, registerLiveEndpoints } from "../transport/streams/live-endpoints";
import { type ServerTestOverrides } from "./make-services";
import type { Services } from "../transport/services";
import { ApolloDocuments } from "../transport/trusted-documents/apollo-documents";

/** How many requests and sockets may wait until they are accepted; the system's own limit may be lower. By default it is 511. */
const BACKLOG = 4_096;

/** What the endpoints are made of, besides the configuration and the services. */
export interface EndpointParts {
  schema: GraphQLSchema;
  guard: OperationGuard;
  connections: Connections;
  developmentIssuer: DevelopmentIssuer | undefined;
  overrides: ServerTestOverrides;
}

/** A server's endpoints, open. */
export interface OpenEndpoints {
  /** Where they listen, such as `http://127.0.0.1:4000`. */
  url: string;
  live: Pick<LiveEndpoints, "counts" | "job">;
  /** Closes them in order: not ready any more, sockets closed with 1001, no new requests, work finished. */
  stop(): Promise<void>;
}

/** Opens all endpoints and listens. */
export async function openEndpoints(
  config: Config,
  services: Services,
  { schema, guard, connections, developmentIssuer, overrides }: EndpointParts,
): Promise<OpenEndpoints> {
  const compiled = new CompiledOperations(schema);
  const pipeline = new OperationPipeline({ services, guard, onStep: overrides.onOperationStep });
  const documents = new ApolloDocuments(guard.trusted);
  const apollo = makeApollo(schema, services, pipeline, documents);
  await apollo.start();
  const readiness: Readiness = { stopping: false, disconnecting: false };
  const origins = new Origins(config);
  const http = await makeHttpServer(config, { connections, origins, log: services.log });
  const closeUnused = watchUnusedConnections(http.server);
  // A caller that keeps its connection open after the last answer would keep the server from stopping.
  http.addHook("onSend", (_request, reply, payload, done) => {
    if (readiness.disconnecting) void reply.header("connection", "close");
    done(null, payload);
  });
  registerExhaustedAddresses(http, services, guard);
  const known = new KnownOperations({ schema, services, pipeline, compiled });
  registerGraphqlEndpoint(http, { apollo, known, services, pipeline, documents });
  const { pingMs, windowEnd } = overrides;
  const shared = { services, guard, pipeline, connections, origins, schema, compiled, pingMs, windowEnd };
  const live = registerLiveEndpoints(http, config, shared);
  registerHealth(http, services.database, readiness);
  registerInvitationPage(http);
  registerStartPage(http, config);
  registerActivityExport(http, services, guard);
  if (config.explorer) {
    const tabs = config.demo && developmentIssuer ? await demoTabs(developmentIssuer) : [];
    registerExplorer(http, {
      ...{ path: "/explorer", endpoint: "/graphql", title: "Partnergraph explorer", tabs },
      ensureAllowed: ({ host }) => origins.ensureHostAllowed(host),
    });
  }
  const url = await http.listen({ port: config.port, host: config.host, backlog: BACKLOG });
  // Only now: a port that is taken is listen's to tell, once.
  live.openSockets();
  const stop = async () => {
    // Everything goes on for a while: a load balancer sends requests until it has noticed.
    readiness.stopping = true;
    await pause(config.shutdown.delayMs / 2);
    // Not before: each request of a balancer that has not noticed would wait for a new connection to be accepted.
    readiness.disconnecting = true;
    await pause(config.shutdown.delayMs / 2);
    await live.close(config.shutdown.spreadMs);
    await acceptPending(http.server);
    closeUnused();
    await http.close();
    await apollo.stop();
  };
  return { url: urlOf(http, url), live, stop };
}

/** A wildcard address is no place to send anybody to. */
function urlOf(http: FastifyInstance, listening: string): string {
  const { port, family } = http.server.address() as AddressInfo;
  const isEverywhere = listening.includes("0.0.0.0") || listening.includes("[::]");
  return isEverywhere ? `http://${family === "IPv6" ? "[::1]" : "127.0.0.1"}:${port}` : listening;
}
