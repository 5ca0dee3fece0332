import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ExecutionArgs, GraphQLError, OperationTypeNode } from "graphql";
import { handleProtocols, makeServer, type ServerOptions } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { formatError, requestIdOf } from "../graphql/error-format";
import { RequestRefused } from "../http/request-refused";
import { closeWith } from "./close-frame";
import type { ConnectionState } from "./connection-state";
import {
  CLOSE_GRACE_MS,
  authenticateConnection,
  type LiveEndpoint,
  type LiveEndpointParts,
  logOperation,
  prepare,
  refusedAs,
} from "../streams/live-endpoint";
import { LiveOperation } from "../../live/live-operation";
import { idTooLong, MAX_ID_LENGTH, stopping, tooManyOperations } from "../../live/live-refusals";
import { eachCost, kindOf, type Prepared, shown } from "../../live/live-result";
import { MessageCharges } from "./message-charges";
import { SocketOutlet } from "./socket-outlet";
import { type ReceivedPayload, serveSocket } from "./socket-protocol";
import { SocketHeartbeat, SocketSink } from "./socket-sink";
import { ensureWelcome, refuseUpgrade } from "./upgrade-gate";

const PING_MS = 12_000;
const INIT_WAIT_MS = 3_000;

/** The server stops; RFC 6455, 7.4.1. */
const GOING_AWAY = 1001;

/** What an anonymous caller can make us keep in memory before it has said who it is. */
const MESSAGE_LIMITS = { maxPayload: 64 * 1024, maxFragments: 64, maxBufferedChunks: 256 };

/** An operation of a socket: what the guard found, and the id that the client gave it. */
interface SocketOperation extends Prepared {
  id: string;
  visitor: ConnectionState;
}

/**
 * Opens GraphQL over `graphql-transport-ws` at `/graphql`, on the HTTP server's own port. Any other path's upgrade is
 * refused. Who a socket is it says in its connection_init; a token in the address or a header of the upgrade is not
 * looked at.
 */
export function openWebSocketEndpoint(server: Server, parts: LiveEndpointParts): LiveEndpoint {
  const sockets = new WebSocketServer({
    ...{ noServer: true, handleProtocols, closeTimeout: CLOSE_GRACE_MS },
    // The library's own would cut a socket off, without a close code, for 61 pings that arrive together.
    autoPong: false,
    ...MESSAGE_LIMITS,
  });
  const { log } = parts.services;
  const { pingMs: keepAliveMs = PING_MS } = parts;
  const endAsTooSlow = ({ heartbeat }: ConnectionState) => heartbeat.endAsTooSlow();
  const received = new WeakMap<object, ReceivedPayload>();
  const protocol = makeServer(serverOptions(parts, received));
  const visitors = new Map<WebSocket, ConnectionState>();
  let isClosing = false;
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    try {
      if (isClosing) throw stopping();
      ensureWelcome(parts, request);
      sockets.handleUpgrade(request, stream, head, (socket) => {
        const visitor = welcome(parts, socket, request);
        visitors.set(socket, visitor);
        socket.once("close", () => visitors.delete(socket));
        const { outlet, requestId } = visitor;
        const charges = new MessageCharges(
          (bytes) => chargeMessage(parts, visitor, bytes),
          (refusal) => closeWith(socket, refusal, requestId, log),
        );
        serveSocket(
          { protocol, received, keepAliveMs, endAsTooSlow, log },
          { ...{ socket, outlet, charges, requestId, extra: visitor }, isSignedIn: () => !!visitor.session },
        );
      });
    } catch (refusal) {
      refuseUpgrade(parts, request, refusal);
    }
  });
  // Its messages are the library's own words; nothing of the request is in them.
  sockets.on("wsClientError", ({ message }, _stream, request) =>
    refuseUpgrade(
      parts,
      request,
      new RequestRefused(400, `This does not open a WebSocket: ${message}.`, SUPPORTED),
    ),
  );
  return {
    shut: () => {
      isClosing = true;
      sockets.close();
      return [...visitors.values()].map((visitor) => () => closeConnection(visitor));
    },
  };
}

/** The versions of the protocol that there are; RFC 6455, 4.4. */
const SUPPORTED = { "sec-websocket-version": "13, 8" };

function welcome(
  { places, sessions, addressOf, connections }: LiveEndpointParts,
  socket: WebSocket,
  request: IncomingMessage,
): ConnectionState {
  const address = addressOf(request);
  const connection = connections.of(request.socket);
  const outlet = new SocketOutlet(socket, request.socket, connection);
  const visitor: ConnectionState = {
    socket,
    outlet,
    address,
    place: places.take(address),
    heartbeat: new SocketHeartbeat(outlet),
    requestId: requestIdOf(request.headers["x-request-id"]),
  };
  connection.onDrop = () => visitor.heartbeat.endAsTooSlow();
  socket.once("close", () => {
    visitor.place.leave();
    visitor.heartbeat.stop();
    if (visitor.session) sessions.leave(visitor.session);
  });
  return visitor;
}

function serverOptions(
  parts: LiveEndpointParts,
  received: WeakMap<object, ReceivedPayload>,
): ServerOptions<Record<string, unknown>, ConnectionState> {
  const { services } = parts;
  const operations = new WeakMap<ExecutionArgs, SocketOperation>();
  return {
    connectionInitWaitTimeout: INIT_WAIT_MS,
    onConnect: ({ connectionParams, extra }) => connect(parts, extra, connectionParams),
    onSubscribe: async ({ extra: visitor, subscriptions }, id, payload) => {
      const { session } = visitor;
      const { bytes = 0, refusal } = received.get(payload) ?? {};
      const refuseUnread = async (error: GraphQLError): Promise<GraphQLError[]> => {
        const tooMuch = await chargeMessage(parts, visitor, bytes).catch(refusedAs);
        return [tooMuch ?? error];
      };
      if (id.length > MAX_ID_LENGTH) return refuseUnread(idTooLong());
      // Also one that was told to go, and has not hung up yet.
      if (!session || session.isOver)
        return refuseUnread(new GraphQLError("The connection is not signed in."));
      if (Object.keys(subscriptions).length > parts.operationsPerSocket)
        return refuseUnread(tooManyOperations(parts.operationsPerSocket));
      if (refusal !== undefined) return refuseUnread(refusedAs(refusal));
      const requestId = requestIdOf(payload.extensions?.requestId);
      const asked = {
        endpoint: "websocket" as const,
        session,
        address: visitor.address,
        requestId,
        payload,
        bytes,
      };
      const found = await prepare(parts, asked);
      if (Array.isArray(found)) return found;
      operations.set(found.args, { ...found, id, visitor });
      return found.args;
    },
    execute: (args) => parts.compiled.execute(args),
    subscribe: async (args) => {
      const operation = operations.get(args);
      if (!operation) throw new Error("An operation was not prepared.");
      const begun = await LiveOperation.begin(operation, parts.hub);
      if (begun instanceof LiveOperation)
        begun.sendTo(new SocketSink(operation.visitor.outlet, operation.id));
      return begun;
    },
    onOperation: (_ctx, id, _payload, args, result) => {
      const operation = operations.get(args);
      if (!operation) return;
      logOperation(services, operation, "websocket", result);
      if (!(result instanceof LiveOperation)) return;
      operation.visitor.session?.watch(result);
      operation.visitor.heartbeat.watch(id, result);
    },
    onNext: (_ctx, _id, _payload, args, result) => {
      const operation = operations.get(args);
      if (!operation) return undefined;
      const isLive = kindOf(args) === OperationTypeNode.SUBSCRIPTION;
      const cost = isLive ? eachCost(operation.cost) : operation.cost;
      return shown(services, result, { requestId: operation.args.contextValue.requestId, cost });
    },
    onError: (_ctx, _id, { extensions }, errors) => {
      const requestId = requestIdOf(extensions?.requestId);
      return errors.map((error) => formatError(error, requestId, services.log));
    },
  };
}

/** Charges the caller at a socket for so many bytes that were read in vain. */
function chargeMessage(
  { guard: { charges } }: LiveEndpointParts,
  { session, address }: ConnectionState,
  bytes: number,
): Promise<void> {
  return charges.message(session?.actor, address, bytes);
}

async function connect(
  parts: LiveEndpointParts,
  visitor: ConnectionState,
  params: Readonly<Record<string, unknown>> | undefined,
): Promise<boolean> {
  const { socket, address, place, requestId } = visitor;
  const { log } = parts.services;
  const onEnd = (refusal: unknown) => closeWith(socket, refusal, requestId, log);
  try {
    const authorization = authorizationIn(params);
    const session = await authenticateConnection(parts, { authorization, address, place, requestId, onEnd });
    visitor.session = session;
    // It may have gone meanwhile, and then nobody would take the session out again.
    if (socket.readyState !== socket.OPEN) parts.sessions.leave(session);
    return socket.readyState === socket.OPEN;
  } catch (refusal) {
    // Before graphql-ws closes it with a bare Forbidden: the listener shall learn what is wrong.
    if (socket.readyState === socket.OPEN) onEnd(refusal);
    return false;
  }
}

function authorizationIn(params: Readonly<Record<string, unknown>> | undefined): unknown {
  const entries = Object.entries(params ?? {});
  return entries.find(([name]) => name.toLowerCase() === "authorization")?.[1];
}

/** Tells it as the last word from where to go on elsewhere, hangs up, and cuts it off if it does not. */
async function closeConnection({ socket, heartbeat }: ConnectionState): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  heartbeat.beat();
  const gone = new Promise((resolve) => socket.once("close", resolve));
  const cutOff = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
  socket.close(GOING_AWAY, "Going away");
  await gone;
  clearTimeout(cutOff);
}
