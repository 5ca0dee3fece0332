import type { Server } from "node:http";
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  subscribe,
  validate,
  type ValidationRule,
} from "graphql";
import { CloseCode } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { makeGraphqlContext, signIn, type SignIn } from "../graphql/context";
import { formatError, requestIdOf } from "../graphql/error-format";
import type { Services } from "../services";

/** The live door: GraphQL over `graphql-transport-ws`, on the HTTP server's own port. */
export interface LiveDoor {
  /** Closes every socket with 1001; those that do not answer are cut off after a grace period. */
  close(): Promise<void>;
}

const PING_MS = 12_000;
const INIT_WAIT_MS = 3_000;
const MOST_OPERATIONS_PER_SOCKET = 20;
const LARGEST_MESSAGE = 64 * 1024;
const CLOSE_GRACE_MS = 3_000;

/** What a socket keeps between its messages. */
interface SocketState extends Record<PropertyKey, unknown> {
  signedIn?: SignIn;
  expiry?: NodeJS.Timeout;
}

/** Opens the live door at `/graphql`. Any other path's upgrade is refused by the WebSocket server. */
export function openLiveDoor(
  server: Server,
  schema: GraphQLSchema,
  services: Services,
  { introspection }: { introspection: boolean },
): LiveDoor {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const sockets = new WebSocketServer({
    server,
    path: "/graphql",
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (offered) => (offered.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });
  const graphqlWs = useServer<Record<string, unknown>, SocketState>(
    {
      schema,
      connectionInitWaitTimeout: INIT_WAIT_MS,
      onConnect: async ({ connectionParams, extra }) => {
        const state = extra as unknown as SocketState & {
          socket: Pick<WebSocket, "readyState" | "OPEN" | "close">;
        };
        state.signedIn = await signIn(services, authorizationIn(connectionParams));
        // A timer for a socket that has gone meanwhile would be cleared by nobody.
        if (state.socket.readyState !== state.socket.OPEN) return false;
        if ("refusal" in state.signedIn) {
          // Before graphql-ws closes it with a bare Forbidden: the listener shall learn what is wrong with its token.
          state.socket.close(CloseCode.Forbidden, closeReason(state.signedIn.refusal));
          return false;
        }
        if (state.signedIn.credential.kind === "TOKEN")
          closeAtExpiry(state, state.signedIn.credential.claims.expiresAt);
        return true;
      },
      onDisconnect: ({ extra }) => clearTimeout((extra as unknown as SocketState).expiry),
      onSubscribe: async ({ extra, subscriptions }, id, payload) => {
        const requestId = requestIdOf(payload.extensions?.requestId);
        if (Object.keys(subscriptions).length > MOST_OPERATIONS_PER_SOCKET) {
          return [
            new GraphQLError(`At most ${MOST_OPERATIONS_PER_SOCKET} operations at once on one socket.`),
          ];
        }
        const { signedIn } = extra as unknown as SocketState;
        if (!signedIn) return [new GraphQLError("The connection is not signed in.")];
        const context = await makeGraphqlContext(services, signedIn, requestId);
        return prepare({ schema, rules }, context, payload);
      },
      subscribe: subscribeSafely,
      onOperation: (_ctx, _id, _payload, { document, operationName, contextValue }) => {
        const { requestId } = contextValue as GraphqlContext;
        const kind = getOperationAST(document, operationName)?.operation;
        services.log.info({ requestId, operation: operationName, kind, door: "websocket" }, "operation");
      },
      onNext: (_ctx, _id, _payload, args, result) => formatted(result, args, services),
      onError: (_ctx, _id, { extensions }, errors) => {
        const requestId = requestIdOf(extensions?.requestId);
        return errors.map((error) => formatError(error, requestId, services.log));
      },
    },
    sockets,
    PING_MS,
  );
  return { close: () => closeSockets(sockets, graphqlWs) };
}

/** Node's timers hold at most 24.8 days; a token that is good for longer is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function closeAtExpiry(state: SocketState & { socket: Pick<WebSocket, "close"> }, expiresAt: number): void {
  const left = expiresAt - Date.now();
  const expire = () => state.socket.close(CloseCode.Forbidden, "Token expired");
  const again = () => closeAtExpiry(state, expiresAt);
  state.expiry = left > LONGEST_TIMER_MS ? setTimeout(again, LONGEST_TIMER_MS) : setTimeout(expire, left);
}

/** A close frame holds at most 123 bytes of reason. */
function closeReason(refusal: unknown): string {
  if (!(refusal instanceof DomainError)) return "Forbidden";
  return Buffer.from(`${refusal.code}: ${refusal.message}`).subarray(0, 120).toString("utf8");
}

function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): unknown {
  const entries = Object.entries(params ?? {});
  return entries.find(([name]) => name.toLowerCase() === "authorization")?.[1];
}

interface OperationPayload {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/** Parses and validates as the HTTP door does; only here no document cache stands in between. */
function prepare(
  { schema, rules }: { schema: GraphQLSchema; rules: readonly ValidationRule[] },
  contextValue: GraphqlContext,
  { query, operationName, variables }: OperationPayload,
): ExecutionArgs | GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return [error as GraphQLError];
  }
  const mistakes = validate(schema, document, rules);
  if (mistakes.length > 0) return [...mistakes];
  if (!getOperationAST(document, operationName))
    return [new GraphQLError("The document has no such operation.")];
  return { schema, document, contextValue, variableValues: variables, operationName };
}

function formatted(
  result: ExecutionResult | FormattedExecutionResult,
  args: ExecutionArgs,
  { log }: Services,
): FormattedExecutionResult | undefined {
  if (!result.errors) return undefined;
  const { requestId } = args.contextValue as GraphqlContext;
  return { ...result, errors: result.errors.map((error) => formatError(error, requestId, log)) };
}

/** graphql-ws closes the whole socket when a source throws; here the one operation ends, with its reason. */
async function subscribeSafely(
  args: ExecutionArgs,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const events = await subscribe(args);
  if (!(Symbol.asyncIterator in events)) return events;
  let over = false;
  const end = async (): Promise<IteratorResult<ExecutionResult>> => {
    over = true;
    await events.return();
    return { done: true, value: undefined };
  };
  const safe: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      if (over) return end();
      try {
        const step = await events.next();
        // A listener who lost its right is told why, once, and gets nothing more.
        if (!step.done) over = step.value.errors?.some(takesRightAway) ?? false;
        return step;
      } catch (error) {
        over = true;
        return { done: false, value: { errors: [new GraphQLError("", { originalError: error as Error })] } };
      }
    },
    return: end,
    [Symbol.asyncIterator]: () => safe,
  };
  return safe;
}

function takesRightAway({ originalError }: GraphQLError): boolean {
  const kind = originalError instanceof DomainError ? originalError.kind : undefined;
  return kind === ErrorKind.FORBIDDEN || kind === ErrorKind.UNAUTHENTICATED;
}

async function closeSockets(
  sockets: WebSocketServer,
  graphqlWs: { dispose(): Promise<void> | void },
): Promise<void> {
  const cutOff = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, CLOSE_GRACE_MS);
  await graphqlWs.dispose();
  clearTimeout(cutOff);
}
