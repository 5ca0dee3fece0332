import type { Logger } from "pino";
import type { StatementListener } from "../database/connection";
import type { Config } from "../config/config";
import { FairSemaphore } from "../context/fair-semaphore";
import type { Clock } from "../values/instant";
import type { Database } from "../database/database";
import type { DatabaseWaits } from "../database/waits";
import { changesRights } from "../events/event-catalogue";
import { type ChangeNotifier, openChangeNotifier } from "../events/change-notifier";
import type { EventType } from "../events/event-map";
import { LiveTail } from "../events/live-tail";
import { settleAhead } from "../events/stream-timeline";
import {
  ActorDirectory,
  ApiKeyUses,
  VerifiedTokenCache,
  type DevelopmentIssuer,
  joinOrganization,
  openOidcIssuer,
} from "../identity";
import { openWebhooks, type WebhookProcessor, type WebhookTestOverrides } from "../webhooks";
import type { IpcChannel } from "../cluster/ipc-channel";
import { makeUseCaseContext } from "../transport/graphql/context";
import type { Meter } from "../metrics/meter";
import type { OperationPipelineDependencies } from "../transport/operation-pipeline";
import type { Services } from "../transport/services";
import type { AwaitWindowEnd } from "../live/sent-account";
import { webhookListener } from "./webhook-listener";
import { FairTurns } from "../context/fair-turns";

/** What tests and the surroundings set, and operators do not. */
export interface ServerTestOverrides {
  /** Present in a worker. */
  primary?: IpcChannel;
  now?: Clock;
  onStatement?: StatementListener;
  webhooks?: WebhookTestOverrides;
  /** Intervals of scheduled jobs by name, in milliseconds, instead of their own; 0 means never. */
  jobIntervals?: Readonly<Record<string, number>>;
  /** Whether it may run beside other servers on one SQLite file; tests with several nodes in one process do so. */
  sharesSqlite?: boolean;
  /** Told of each step of each operation before it is done. */
  onOperationStep?: OperationPipelineDependencies["onStep"];
  /** How often sockets are pinged, in milliseconds. */
  pingMs?: number;
  /** How a caller waits for the end of its window whose budget for what it is sent is used up. */
  windowEnd?: AwaitWindowEnd;
  /** How long work waits for the database. */
  waits?: DatabaseWaits;
  /** Told of a mistake in the program that the caller need not suffer from; it is logged when absent. */
  reportDefect?: (message: string) => void;
}

/** How often the heads of the streams are looked at: seldom, for notifications that were lost, or as the only notification there is. */
const POLL_MS = 1_000;
const POLL_MS_WITHOUT_NOTIFIER = 250;

/** Of one organization only one can be written at a time anyway. */
const REFUSALS_AT_ONCE = 4;

/** Milliseconds of a turn of the event loop in which operations begin, and how many do: those share a commit on SQLite. */
const TURN_MS = 20;
const OPERATIONS_PER_TURN = 25;

/** What services are made of, besides the configuration. */
export interface ServerDependencies {
  database: Database;
  log: Logger;
  meter: Meter;
  overrides: ServerTestOverrides;
  clock: Clock;
  developmentIssuer: DevelopmentIssuer | undefined;
}

/** The services, and what has to be started and stopped with them. */
export interface MadeServices {
  services: Services;
  notifier: ChangeNotifier;
  keyUses: ApiKeyUses;
  processor?: WebhookProcessor;
}

/** Makes what lives as long as the server does. Nothing of it is started but the look at the event log. */
export function makeServices(
  config: Config,
  { database, log, meter, overrides, clock, developmentIssuer }: ServerDependencies,
): MadeServices {
  const onRing = (organizationIds: string[]) => {
    tail.notify(organizationIds);
    processor?.notify(organizationIds);
  };
  const notifier = openChangeNotifier({
    redisUrl: config.redisUrl,
    siblings: overrides.primary,
    onRing,
    onTrouble: (error) => log.warn({ err: error }, "Redis is away; other nodes find events by polling"),
  });
  const tail = new LiveTail((work) => database.read(work), {
    pollMs: () => (notifier.isAway ? POLL_MS_WITHOUT_NOTIFIER : POLL_MS),
    onError: (error) => log.warn({ err: error }, "the event log could not be read; trying again"),
    settleAhead: (ahead) => settleAhead(makeUseCaseContext(services, { kind: "SYSTEM" }, "live-tail"), ahead),
  });
  const now = overrides.now ?? clock;
  const { matrix } = config;
  const keyUses = new ApiKeyUses();
  const directory = new ActorDirectory({
    read: (work) => database.read(work, { deadline: database.requestDeadline() }),
    matrix,
    now,
    keyUses,
    join: (claims, organizationId, requestId) => {
      // The caller waits for it, so it has no longer than a request.
      const { remainingMs } = database.requestDeadline();
      const ctx = makeUseCaseContext(services, { kind: "SYSTEM" }, requestId, remainingMs);
      return joinOrganization(ctx, claims, organizationId);
    },
  });
  const { production, dataDir } = config;
  const webhooks = openWebhooks({ ...config.webhooks, production, dataDir }, overrides.webhooks);
  if (!webhooks.means.secretBox) log.warn("SECRETS_KEY is not set: no webhooks are registered or delivered");
  const services: Services = {
    database,
    notify: (organizationIds: string[], types: EventType[]) => {
      meter.eventsRecorded(types);
      notifier.notify(organizationIds);
      // Other nodes see it when they look again; here, where it was done, it holds at once.
      if (types.some(changesRights)) services.directory.forget(organizationIds);
    },
    tail,
    directory,
    matrix,
    tokens: new VerifiedTokenCache(
      [
        ...(developmentIssuer ? [developmentIssuer] : []),
        ...config.issuers.map((settings) => openOidcIssuer(settings, log)),
      ],
      clock,
    ),
    settings: { publicUrl: config.publicUrl, invitationLifetimeDays: config.invitationLifetimeDays },
    webhooks: webhooks.means,
    refusalTurns: new FairSemaphore(REFUSALS_AT_ONCE, { maxPerOrganization: REFUSALS_AT_ONCE / 2 }),
    turns: new FairTurns(TURN_MS, OPERATIONS_PER_TURN),
    maxAnswerBytes: config.limits.unreadPerConnection,
    now,
    tokenClock: clock,
    log,
    reportDefect: overrides.reportDefect ?? ((message) => log.error(message)),
    meter,
  };
  const processor = webhooks.makeProcessor(
    makeUseCaseContext(services, { kind: "SYSTEM" }, "webhooks"),
    webhookListener(log, meter),
  );
  return { services, notifier, keyUses, processor };
}
