import { type ExecutionResult, getOperationAST, GraphQLError, type GraphQLSchema } from "graphql";
import { callerKey } from "../../access/actor";
import { forAnonymous } from "../graphql/caller-mistake";
import { makeGraphqlContext, signIn } from "../graphql/context";
import type { CompiledOperations } from "../graphql/compiled-operations";
import { factsForLog } from "../graphql/log-answered";
import type { CallerAddress } from "../http/caller-address";
import type { Origins } from "../http/origins";
import type { AskedOperation } from "../http/asked-operation";
import type { Connections } from "../connections/connections";
import type { OperationGuard } from "../limits/operation-guard";
import { isSignedIn } from "../limits/anonymous";
import { assessmentOf, DocumentMistakes, type OperationPipeline, OperationRun } from "../operation-pipeline";
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
  pipeline: OperationPipeline;
  compiled: CompiledOperations;
  hub: LiveHub;
  sessions: LiveSessions;
  places: ConnectionLimiter;
  connections: Connections;
  origins: Origins;
  addressOf: CallerAddress;
  schema: GraphQLSchema;
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

/** One operation that a caller whose connection is signed in asks for. */
export interface Asked {
  endpoint: "websocket" | "sse";
  session: LiveSession;
  address: string;
  requestId: string;
  payload: AskedOperation;
  /** Bytes of the message or body that it came in. */
  bytes: number;
  /** Where the transport says that it goes on. */
  resumeAfter?: string;
}

/** Takes an operation through the pipeline. Never throws: what it refuses, it gives. */
export async function prepare(
  { services, guard, pipeline, schema }: LiveEndpointParts,
  { endpoint, session, address, requestId, payload, bytes, resumeAfter }: Asked,
): Promise<Prepared | GraphQLError[]> {
  const asked = documentOf(guard, payload, requestId);
  const run = new OperationRun({
    ...{ endpoint, requestId, address, bytes, asked, resumeAfter },
    signIn: () => ({ credential: session.credential }),
  });
  try {
    await pipeline.through(run, "actor");
    if (isSignedIn(run.context)) session.actsAs(run.context.actor);
    await pipeline.through(run, "turn");
    const { document, operation } = run.valid;
    const { coercion, cost } = assessmentOf(run);
    const { operationName, variables } = payload;
    if (coercion.errors && !isSignedIn(run.context))
      throw new DocumentMistakes([...guard.mistakesIn(operation, variables)]);
    const { context: contextValue, startedAt } = run;
    return {
      args: { schema, document, contextValue, variableValues: variables, operationName },
      cost,
      startedAt,
    };
  } catch (error) {
    const errors = refusalsOf(run, error);
    // What asked for no operation at all is none to count.
    if (!(asked instanceof Error)) services.meter.operation({ errors, startedAt: run.startedAt });
    return errors;
  }
}

function documentOf(
  guard: OperationGuard,
  payload: AskedOperation,
  requestId: string,
): AskedOperation | Error {
  try {
    return takeDocument(guard.trusted, payload, requestId);
  } catch (refusal) {
    return refusal as Error;
  }
}

function refusalsOf({ context }: OperationRun, error: unknown): GraphQLError[] {
  if (error instanceof DocumentMistakes)
    return isSignedIn(context) ? error.errors : error.errors.map(forAnonymous);
  return [error instanceof GraphQLError ? error : refusedAs(error)];
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
