import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import type { Limits } from "../../config/limits";
import { Connection, type ConnectionOwner, DropReason } from "./connection";

/** The limits that are about connections, whatever is asked on them. */
export type ConnectionLimits = Pick<
  Limits,
  "unreadPerConnection" | "unread" | "unreadSeconds" | "requestSeconds"
>;

/** How often connections are looked at: at most, and in parts of the time for which a peer may read nothing. */
const MAX_LOOK_MS = 1_000;
const LOOKS = 5;

/** Down to this part of the limit room is made, so that it need not be made again at once. */
const ROOM_MADE = 0.9;

/** Headers come in one packet or two. */
const MAX_HEADERS_MS = 10_000;

/** What can be looked at of the connections of a process. */
export type ConnectionCounts = Pick<Connections, "count" | "unread" | "cutOff">;

/**
 * All TCP connections of this process, and the one count of the bytes that wait for their peers. Bounds what one peer and
 * all peers together leave unread, and cuts off peers that read nothing, at every endpoint alike.
 */
export class Connections implements ConnectionOwner {
  readonly maxPerConnection: number;
  /** Connections cut off since the start. */
  cutOff = 0;
  private readonly open = new Map<Socket, Connection>();
  private readonly timer: NodeJS.Timeout;
  private counted = 0;

  constructor(
    private readonly limits: ConnectionLimits,
    private readonly log: Logger,
  ) {
    this.maxPerConnection = limits.unreadPerConnection;
    const maxQuietMs = limits.unreadSeconds * 1_000;
    this.timer = setInterval(() => this.look(maxQuietMs), Math.min(MAX_LOOK_MS, maxQuietMs / LOOKS)).unref();
  }

  /** Node's own time limits for HTTP requests that arrive slowly or not at all; for `http.createServer`. */
  get timeouts() {
    const requestTimeout = this.limits.requestSeconds * 1_000;
    return {
      requestTimeout,
      headersTimeout: Math.min(MAX_HEADERS_MS, requestTimeout),
      connectionsCheckingInterval: Math.min(MAX_LOOK_MS, requestTimeout / LOOKS),
    };
  }

  /** The connection of a socket; counted from the first call until the socket closes. */
  of(socket: Socket): Connection {
    const known = this.open.get(socket);
    if (known) return known;
    const connection = new Connection(socket, this);
    if (socket.destroyed) return connection;
    this.open.set(socket, connection);
    socket.once("close", () => this.open.delete(socket));
    return connection;
  }

  /** Counts all connections of a server from the moment on in which they are opened. */
  watch(server: Server): void {
    server.on("connection", (socket: Socket) => void this.of(socket));
  }

  /** How many there are. */
  get count(): number {
    return this.open.size;
  }

  /** Bytes that wait for all peers now. */
  get unread(): number {
    let bytes = 0;
    for (const connection of this.open.values()) bytes += connection.unread;
    return bytes;
  }

  /** Counts bytes that are about to wait; where that is too much for the process, those who hold most are cut off. */
  adding(connection: Connection, bytes: number): void {
    this.counted += bytes;
    if (this.counted > this.limits.unread) this.makeRoom(bytes, connection);
  }

  /** Writes down that a connection is cut off. Nothing that its peer sent is in it. */
  dropping({ socket, unread }: Connection, reason: DropReason): void {
    this.cutOff++;
    this.open.delete(socket);
    this.log.info({ reason, unread }, "a connection was cut off");
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.timer);
  }

  private look(maxQuietMs: number): void {
    const now = performance.now();
    for (const connection of this.open.values()) connection.look(now, maxQuietMs);
    this.makeRoom(0);
  }

  /** Cuts off who reads nothing first, and of those who holds most; `spared` is about to be answered. */
  private makeRoom(bytes: number, spared?: Connection): void {
    this.counted = this.unread + bytes;
    if (this.counted <= this.limits.unread) return;
    const holding = [...this.open.values()].filter((one) => one !== spared && one.unread > 0);
    holding.sort((a, b) => Number(b.isQuiet) - Number(a.isQuiet) || b.unread - a.unread);
    for (const connection of holding) {
      if (this.counted <= this.limits.unread * ROOM_MADE) return;
      this.counted -= connection.unread;
      connection.drop(DropReason.PROCESS_FULL);
    }
  }
}
