import type { Logger } from "pino";
import type { StatementListener } from "../database/connection";
import type { Config } from "../config/config";
import type { LiveTail } from "../events/live-tail";
import { type DevelopmentIssuer, openDevelopmentIssuer } from "../identity";
import { makeUseCaseContext } from "../transport/graphql/context";
import { buildApiSchema } from "../transport/graphql/schema";
import { type ConnectionCounts, Connections } from "../transport/connections/connections";
import { ensureAddressesFree } from "../transport/connections/free-addresses";
import { OperationGuard } from "../transport/limits/operation-guard";
import type { LiveCounts } from "../live/live-counts";
import { openMetrics } from "../metrics/open-metrics";
import { makeServices, type ServerTestOverrides } from "./make-services";
import { openEndpoints } from "./open-endpoints";
import { openStorage } from "./open-storage";
import { prepareDatabase } from "./prepare-database";
import type { Services } from "../transport/services";
import { JobScheduler } from "../jobs/job-scheduler";
import { scheduledJobs } from "./scheduled-jobs";
import { readWebhookLag } from "../webhooks";
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
  let jobScheduler: JobScheduler | undefined;
  const giveBack = async () => {
    if (jobScheduler) await jobScheduler.close();
    else await processor?.close();
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
    const endpoints = await openEndpoints(config, services, {
      schema,
      guard,
      connections,
      developmentIssuer,
      overrides,
    });
    const { url, live } = endpoints;
    meter.gauge({ live: live.counts, connections, webhookLag: () => database.read(readWebhookLag) });
    const metricsUrl = await metrics.serve();
    const { eventRetentionDays } = config;
    jobScheduler = new JobScheduler(scheduledJobs({ eventRetentionDays, keyUses, processor, live }), {
      ...{ log, meter, intervals: overrides.jobIntervals },
      contextOf: ({ name, maxWaitMs }) => makeUseCaseContext(services, { kind: "SYSTEM" }, name, maxWaitMs),
    });
    jobScheduler.start();
    return {
      ...{ url, live: live.counts },
      connections,
      metricsUrl,
      services,
      developmentIssuer,
      stop: () => endpoints.stop().then(giveBack),
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
