import type { Server } from "node:http";
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  parse,
  subscribe,
  validate,
} from "graphql";
import { CloseCode } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { makeGraphqlContext, signIn, type SignIn } from "../graphql/context";
import { asGraphqlError, formatError, requestIdOf } from "../graphql/error-format";
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
export function openLiveDoor(server: Server, schema: GraphQLSchema, services: Services): LiveDoor {
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
          socket: { close(code: number, reason: string): void };
        };
        state.signedIn = await signIn(services, authorizationIn(connectionParams));
        if ("refusal" in state.signedIn) return false;
        const left = state.signedIn.claims.expiresAt - Date.now();
        const expire = () => state.socket.close(CloseCode.Forbidden, "Token expired");
        // A longer delay than Node's timers can hold would fire at once.
        state.expiry = setTimeout(expire, Math.min(left, 2 ** 31 - 1));
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
        return prepare(schema, services, await makeGraphqlContext(services, signedIn, requestId), payload);
      },
      execute: async (args) => formatted(await execute(args), args, services),
      subscribe: (args) => subscribeSafely(args, services),
      onError: (_ctx, _id, _payload, errors) =>
        errors.map((error) => formatError(error, requestIdOf(undefined), services.log)),
    },
    sockets,
    PING_MS,
  );
  return { close: () => closeSockets(sockets, graphqlWs) };
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
  schema: GraphQLSchema,
  services: Services,
  contextValue: GraphqlContext,
  { query, operationName, variables }: OperationPayload,
): ExecutionArgs | GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return [asGraphqlError(error, contextValue.requestId, services.log)];
  }
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return [...mistakes];
  if (!getOperationAST(document, operationName))
    return [new GraphQLError("The document has no such operation.")];
  return { schema, document, contextValue, variableValues: variables, operationName };
}

function formatted(result: ExecutionResult, args: ExecutionArgs, { log }: Services): ExecutionResult {
  if (!result.errors) return result;
  const { requestId } = args.contextValue as GraphqlContext;
  return { ...result, errors: result.errors.map((error) => formatError(error, requestId, log)) as never };
}

/** graphql-ws closes the whole socket when a source throws; here the one operation ends, with its reason. */
async function subscribeSafely(
  args: ExecutionArgs,
  services: Services,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const result = await subscribe(args);
  if (!(Symbol.asyncIterator in result)) return formatted(result, args, services);
  const events = result;
  let over = false;
  const safe: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      if (over) return { done: true, value: undefined };
      try {
        const step = await events.next();
        return step.done ? step : { done: false, value: endingOn(formatted(step.value, args, services)) };
      } catch (error) {
        over = true;
        const { requestId } = args.contextValue as GraphqlContext;
        return { done: false, value: { errors: [asGraphqlError(error, requestId, services.log)] } };
      }
    },
    return: async () => {
      over = true;
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => safe,
  };
  /** A listener who lost its right is told why, once, and gets nothing more. */
  const endingOn = (value: ExecutionResult): ExecutionResult => {
    const kinds = value.errors?.map((error) => error.extensions.kind) ?? [];
    if (kinds.includes("FORBIDDEN") || kinds.includes("UNAUTHENTICATED")) {
      over = true;
      void events.return();
    }
    return value;
  };
  return safe;
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
