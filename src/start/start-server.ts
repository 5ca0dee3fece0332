import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { StatementListener } from "../database/connection";
import type { Config } from "../config/config";
import type { LiveTail } from "../events/live-tail";
import { type DevelopmentIssuer, openDevelopmentIssuer } from "../identity";
import { demoTabs } from "../transport/explorer/demo-tabs";
import { registerExplorer } from "../transport/explorer/explorer-page";
import { makeApollo } from "../transport/graphql/apollo";
import { CompiledOperations } from "../transport/graphql/compiled-operations";
import { makeUseCaseContext } from "../transport/graphql/context";
import { buildApiSchema } from "../transport/graphql/schema";
import { type ConnectionCounts, Connections } from "../transport/connections/connections";
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
import { ensureAddressesFree } from "../transport/connections/free-addresses";
import { OperationGuard } from "../transport/limits/operation-guard";
import { OperationPipeline } from "../transport/operation-pipeline";
import type { LiveCounts } from "../live/live-counts";
import { registerLiveEndpoints } from "../transport/streams/live-endpoints";
import { openMetrics } from "../metrics/open-metrics";
import { makeServices, type ServerTestOverrides } from "./make-services";
import { openStorage } from "./open-storage";
import { prepareDatabase } from "./prepare-database";
import type { Services } from "../transport/services";
import { JobScheduler } from "../jobs/job-scheduler";
import { scheduledJobs } from "./scheduled-jobs";
import { readWebhookLag } from "../webhooks";
import { ApolloDocuments } from "../transport/trusted-documents/apollo-documents";
import { openTrustedDocuments } from "../transport/trusted-documents/open-trusted-documents";

/** A server that answers. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  services: Services;
  live: LiveCounts;
  connections: ConnectionCounts;
  /** Where the figures for the operator are, such as `http://127.0.0.1:9464/metrics`; a worker has none. */
  metricsUrl?: string;
  /** Present unless in production. */
  developmentIssuer?: DevelopmentIssuer;
  /** Stops in order: not ready any more, sockets closed with 1001, no new requests, work finished, connections given back. */
  stop(): Promise<void>;
}

/** How many requests and sockets may wait until they are accepted; the system's own limit may be lower. By default it is 511. */
const BACKLOG = 4_096;

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** Connects, migrates, fills in the demo where that is wanted, and serves. What it opened it closes when it fails. */
export async function startServer(
  config: Config,
  log: Logger,
  overrides: ServerTestOverrides = {},
): Promise<RunningServer> {
  const onProgress = (message: string) => log.info(message);
  // A primary has looked before it started its first worker.
  if (!overrides.primary) await ensureAddressesFree(config);
  const developmentIssuer = config.developmentIssuer
    ? await openDevelopmentIssuer(config.dataDir)
    : undefined;
  if (!developmentIssuer && config.issuers.length === 0)
    log.warn("no token issuer is configured: nobody can sign in");
  // First, because it may refuse, and nothing is open yet.
  const schema = buildApiSchema(config.matrix);
  const trusted = openTrustedDocuments(config, schema, log);
  const connections = new Connections(config.limits, log);
  const metrics = await openMetrics(config, log, connections, overrides.primary);
  const { meter } = metrics;
  const onStatement = bothOf(meter.database.onStatement, overrides.onStatement);
  // The database may be lost before there is anybody to tell.
  const listening: { tail?: LiveTail } = {};
  const storage = await openStorage(config, overrides, log, {
    ...{ ...meter.database, onStatement, onProgress },
    compareSchema: isFirstHere(overrides.primary),
    onFileLost: (refusal) => listening.tail?.refuse(refusal),
  });
  const { database, now: clock } = storage;
  const { services, notifier, keyUses, processor } = makeServices(config, {
    ...{ database, log, meter, overrides, developmentIssuer },
    clock,
  });
  listening.tail = services.tail;
  const guard = new OperationGuard(schema, services, {
    ...config,
    trusted,
    chargeTogether: overrides.primary?.charge,
  });
  const { eventRetentionDays } = config;
  const jobScheduler = new JobScheduler(scheduledJobs({ eventRetentionDays, keyUses, processor }), {
    ...{ log, meter, intervals: overrides.jobIntervals },
    contextOf: ({ name, maxWaitMs }) => makeUseCaseContext(services, { kind: "SYSTEM" }, name, maxWaitMs),
  });
  const giveBack = async () => {
    await jobScheduler.close();
    await guard.charges.close();
    services.tail.close();
    await notifier.close();
    await metrics.close();
    connections.close();
    await storage.close();
  };
  try {
    await prepareDatabase(config, services, overrides.primary);
    if (developmentIssuer && !LOOPBACK.has(config.host)) {
      log.warn(
        { host: config.host },
        "whoever reaches this address can sign in under anybody's name: DEVELOPMENT_ISSUER is on",
      );
    }
    const { stop, ...serving } = await serve(config, services, {
      schema,
      guard,
      connections,
      developmentIssuer,
      overrides,
    });
    meter.gauge({ live: serving.live, connections, webhookLag: () => database.read(readWebhookLag) });
    const metricsUrl = await metrics.serve();
    jobScheduler.start();
    return {
      ...serving,
      connections,
      metricsUrl,
      services,
      developmentIssuer,
      stop: () => stop().then(giveBack),
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

/** The primary starts its first worker alone: what that one found, the others need not look for. */
function isFirstHere(primary: ServerTestOverrides["primary"]): boolean {
  return primary === undefined || primary.number === 1;
}

function bothOf(one?: StatementListener, other?: StatementListener): StatementListener | undefined {
  if (!one || !other) return one ?? other;
  return (...statement) => {
    one(...statement);
    other(...statement);
  };
}

interface Serving {
  schema: GraphQLSchema;
  guard: OperationGuard;
  connections: Connections;
  developmentIssuer: DevelopmentIssuer | undefined;
  overrides: ServerTestOverrides;
}

async function serve(
  config: Config,
  services: Services,
  { schema, guard, connections, developmentIssuer, overrides }: Serving,
): Promise<Pick<RunningServer, "url" | "live" | "stop">> {
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
  return { url: urlOf(http, url), live: live.counts, stop };
}

/** A wildcard address is no place to send anybody to. */
function urlOf(http: FastifyInstance, listening: string): string {
  const { port, family } = http.server.address() as AddressInfo;
  const isEverywhere = listening.includes("0.0.0.0") || listening.includes("[::]");
  return isEverywhere ? `http://${family === "IPv6" ? "[::1]" : "127.0.0.1"}:${port}` : listening;
}
