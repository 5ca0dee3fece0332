import type { WebSocket } from "ws";
import type { LiveSession } from "../../live/live-session";
import type { Place } from "../streams/connection-limiter";
import type { SocketOutlet } from "./socket-outlet";
import type { SocketHeartbeat } from "./socket-sink";

/** What a socket keeps between its messages. */
export interface ConnectionState {
  socket: WebSocket;
  outlet: SocketOutlet;
  address: string;
  place: Place;
  requestId: string;
  session?: LiveSession;
  /** Tells it how far its live operations have come. */
  heartbeat: SocketHeartbeat;
}
