import { type ExecutionResult, getOperationAST, GraphQLError } from "graphql";
import { callerKey } from "../../access/actor";
import { makeGraphqlContext, signIn } from "../graphql/context";
import type { CompiledOperations } from "../graphql/compiled-operations";
import { factsForLog } from "../graphql/log-answered";
import type { CallerAddress } from "../http/caller-address";
import type { Origins } from "../http/origins";
import type { AskedOperation } from "../http/asked-operation";
import type { Connections } from "../connections/connections";
import { pointsFor } from "../limits/charges";
import type { OperationGuard } from "../limits/operation-guard";
import { isSignedIn } from "../limits/anonymous";
import type { Services } from "../services";
import { takeDocument } from "../trusted-documents/take-document";
import type { LiveHub } from "../../live/live-hub";
import type { Prepared } from "../../live/live-result";
import type { LiveSession } from "../../live/live-session";
import type { LiveSessions } from "../../live/live-sessions";
import type { Place, ConnectionLimiter } from "./connection-limiter";

/** What the endpoints for live events are built of; WebSocket and SSE share one of each. */
export interface LiveEndpointParts {
  services: Services;
  guard: OperationGuard;
  compiled: CompiledOperations;
  hub: LiveHub;
  sessions: LiveSessions;
  places: ConnectionLimiter;
  connections: Connections;
  origins: Origins;
  addressOf: CallerAddress;
  operationsPerSocket: number;
  pingMs?: number;
}

/** An endpoint that holds connections open. */
export interface LiveEndpoint {
  /**
   * Refuses new connections from now on. Returns what closes each of the open ones with its last cursor, and cuts it off when it does
   * not hang up within a grace period.
   */
  shut(): (() => Promise<void>)[];
}

/** How long the other side has to hang up after it was told to. */
export const CLOSE_GRACE_MS = 3_000;

/** Who comes in, by what, and through which place. */
export interface Handshake {
  authorization: unknown;
  address: string;
  place: Place;
  requestId: string;
  onEnd: (refusal: unknown) => void;
}

/**
 * Signs a socket or stream in and finds out who it is, so that nobody unknown or switched off gets further.
 * @throws the refusal of the token or key, of an unknown or inactive user, or of one socket too many
 */
export async function authenticateConnection(
  parts: LiveEndpointParts,
  entrance: Handshake,
): Promise<LiveSession> {
  const { services, guard } = parts;
  const { authorization, address, place, requestId, onEnd } = entrance;
  guard.charges.ensureAddressMayAsk(address, authorization);
  const signedIn = await signIn(services, authorization, requestId);
  const context = await makeGraphqlContext(services, signedIn, requestId);
  // Guessing at tokens and keys costs an anonymous caller's budget here too.
  await guard.charges.request(context, address);
  place.belongTo(callerKey(context.actor));
  if ("refusal" in signedIn) throw signedIn.refusal;
  const { credential } = signedIn;
  const bearer = await services.directory.bearerOf(credential, requestId);
  return parts.sessions.admit({ credential, bearer, onEnd });
}

/** One operation that somebody who has come in asks for. */
export interface Asked {
  session: LiveSession;
  address: string;
  requestId: string;
  payload: AskedOperation;
  /** Bytes of the message or body that it came in. */
  bytes: number;
  /** Where the transport says that it goes on. */
  resumeAfter?: string;
}

/** Makes an operation's context and takes it past the guard. Never throws: what it refuses, it gives. */
export async function prepare(
  { services, guard }: LiveEndpointParts,
  { session, address, requestId, payload, bytes, resumeAfter }: Asked,
): Promise<Prepared | GraphQLError[]> {
  const startedAt = performance.now();
  try {
    const signedIn = { credential: session.credential };
    const context = await makeGraphqlContext(services, signedIn, requestId, resumeAfter);
    if (isSignedIn(context)) session.actsAs(context.actor);
    const chargeUnread = () => guard.charges.reading(context, address, pointsFor(bytes));
    let query: AskedOperation["query"];
    try {
      ({ query } = takeDocument(guard.trusted, payload, requestId));
    } catch (refusal) {
      await chargeUnread();
      throw refusal;
    }
    if (!query) await chargeUnread();
    const found = await guard.prepare(context, address, { ...payload, query: query ?? "" });
    if (!Array.isArray(found)) return { ...found, startedAt, args: { ...found.args, contextValue: context } };
    services.meter.operation({ errors: found, startedAt });
    return found;
  } catch (error) {
    return [error instanceof GraphQLError ? error : refusedAs(error)];
  }
}

/** A refusal as graphql-js would have made it of one that was thrown in a field. */
export function refusedAs(refusal: unknown): GraphQLError {
  return new GraphQLError("", { originalError: refusal as Error });
}

/** Writes an operation into the log as the HTTP endpoint does, when it is answered or, a live one, when it has begun. */
export function logOperation(
  { log, meter }: Services,
  { args, startedAt }: Prepared,
  endpoint: "websocket" | "sse",
  result: object,
): void {
  const { contextValue, document, operationName } = args;
  const { requestId, refusedWith } = contextValue;
  const operation = getOperationAST(document, operationName) ?? undefined;
  const errors = "errors" in result ? (result as ExecutionResult).errors : undefined;
  meter.operation({ document, operation, errors, refusedWith, startedAt });
  const facts = factsForLog(contextValue, { document, operation, errors });
  log.info(
    { requestId, operation: operationName, kind: operation?.operation, endpoint, ...facts },
    "operation",
  );
}
