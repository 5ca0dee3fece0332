import type { FastifyInstance } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Actor } from "../../access/actor";
import type { Config } from "../../config/config";
import { callerAddressBehind } from "../http/caller-address";
import type { CompiledOperations } from "../graphql/compiled-operations";
import type { Connections } from "../connections/connections";
import type { Origins } from "../http/origins";
import type { OperationGuard } from "../limits/operation-guard";
import type { ScheduledJob } from "../../jobs/scheduled-job";
import type { OperationPipeline } from "../operation-pipeline";
import type { Services } from "../services";
import { FairSemaphore } from "../../context/fair-semaphore";
import { LoopShare } from "../../context/loop-share";
import { closeEvenly } from "./close-evenly";
import type { LiveCounts } from "../../live/live-counts";
import { LiveHub } from "../../live/live-hub";
import { LiveSessions } from "../../live/live-sessions";
import { ConnectionLimiter } from "./connection-limiter";
import type { AwaitWindowEnd } from "../../live/sent-account";
import { registerStreamEndpoint } from "../sse/sse";
import { openWebSocketEndpoint } from "../websocket/websocket";

/** Each may ask the database several things at once; the pool has ten connections unless told otherwise. */
const EXECUTIONS_AT_ONCE = 4;

/** Milliseconds that sending new events takes in one turn of the event loop, give or take one event. */
const LOOP_SHARE_MS = 10;

/** Both endpoints for live events, over one watch on who may use them. */
export interface LiveEndpoints {
  /** Takes sockets from now on: call it when the server listens. */
  openSockets(): void;
  /** Refuses new connections, and closes the open ones evenly over so many milliseconds. */
  close(spreadMs: number): Promise<void>;
  readonly counts: LiveCounts;
  /** Looks at what the callers of open connections may do. */
  readonly job: ScheduledJob;
}

/** What the endpoints share with the others. */
export interface LiveEndpointDependencies {
  services: Services;
  guard: OperationGuard;
  pipeline: OperationPipeline;
  connections: Connections;
  origins: Origins;
  schema: GraphQLSchema;
  compiled: CompiledOperations;
  /** How often sockets are pinged, in milliseconds; only tests set it. */
  pingMs?: number;
  /** How a caller waits whose budget for what it is sent is used up; only tests set it. */
  windowEnd?: AwaitWindowEnd;
}

/** Registers the stream endpoint, and prepares the one for sockets. */
export function registerLiveEndpoints(
  fastify: FastifyInstance,
  config: Pick<Config, "limits" | "trustedProxies">,
  shared: LiveEndpointDependencies,
): LiveEndpoints {
  const { services, schema, compiled } = shared;
  const sessions = new LiveSessions(services);
  const recheckRights = (organizationId: string) => sessions.recheck(organizationId);
  const means = {
    ...{ schema, compiled, services, tail: services.tail, recheckRights },
    executions: new FairSemaphore(EXECUTIONS_AT_ONCE),
    loopShare: new LoopShare(LOOP_SHARE_MS),
    chargeSent: (actor: Actor, points: number) => shared.guard.charges.sent(actor, points),
  };
  const hub = new LiveHub(means, shared.windowEnd);
  const parts = {
    ...shared,
    hub,
    sessions,
    places: new ConnectionLimiter(config.limits),
    addressOf: callerAddressBehind(config.trustedProxies),
    operationsPerSocket: config.limits.operationsPerSocket,
  };
  const endpoints = [registerStreamEndpoint(fastify, parts)];
  return {
    job: sessions.job,
    counts: {
      tally: hub.tally,
      behind: hub.behind,
      get listenerCount() {
        return hub.listenerCount;
      },
      get executionCount() {
        return hub.executionCount;
      },
      get sessionCount() {
        return sessions.count;
      },
    },
    openSockets: () => void endpoints.push(openWebSocketEndpoint(fastify.server, parts)),
    close: async (spreadMs) => {
      const closing = endpoints.flatMap((endpoint) => endpoint.shut());
      await closeEvenly(closing, spreadMs, (close) => close());
      sessions.close();
    },
  };
}
