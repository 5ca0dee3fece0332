import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What a connection reports to those who count the bytes of all connections. */
export interface ConnectionOwner {
  /** Bytes that may wait for one peer. */
  readonly maxPerConnection: number;
  /** More bytes are about to wait for the peer of a connection. */
  adding(connection: Connection, bytes: number): void;
  /** A connection is being cut off. */
  dropping(connection: Connection, reason: DropReason): void;
}

/** Why a connection was cut off. */
export enum DropReason {
  /** Its peer left more bytes unread than one connection may have waiting. */
  TOO_MUCH_UNREAD = "TOO_MUCH_UNREAD",
  /** Its peer read nothing for too long while bytes waited. */
  READS_NOTHING = "READS_NOTHING",
  /** The process had too many bytes waiting, and this connection most of them. */
  PROCESS_FULL = "PROCESS_FULL",
}

/**
 * The part of a socket's handle that says how many bytes were given to the system, and how many of them it has not taken yet;
 * Node's own timeout goes by it too. What a socket says itself counts a long write as a whole, when all of it is taken.
 */
type Handle = { bytesWritten?: number; writeQueueSize?: number } | null | undefined;

/**
 * One TCP connection, and how many bytes wait for its peer to read them, whatever protocol is spoken on it. Who writes to
 * it announces the bytes first: those that the peer does not read must stay bounded.
 */
export class Connection {
  /** HTTP requests that came before the one before them was answered (pipelining), and were not answered wholly. */
  pipelined = 0;
  /** The answer to the latest HTTP request. */
  response: ServerResponse | undefined;
  /** Called when it is being cut off, before it is. */
  onDrop: () => void = () => undefined;
  private announced = 0;
  private readonly buffers = new Set<() => number>();
  private takenBefore = 0;
  private quietSince: number | undefined;

  constructor(
    readonly socket: Socket,
    private readonly owner: ConnectionOwner,
  ) {}

  /** Bytes that wait for the peer: in the socket, in answers behind it, and in the buffers of streams. */
  get unread(): number {
    // Answers that were announced are in the socket already, or wait for the answer before them (pipelining).
    let bytes = Math.max(this.socket.writableLength, this.announced);
    for (const bytesIn of this.buffers) bytes += bytesIn();
    return bytes;
  }

  /** Whether the peer has read nothing for some time while bytes waited. */
  get isQuiet(): boolean {
    return this.quietSince !== undefined;
  }

  /** For how many milliseconds the peer has read nothing while bytes waited; 0 for one that reads. */
  get quietMs(): number {
    return this.quietSince === undefined ? 0 : performance.now() - this.quietSince;
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  /** Bytes that the network has taken since the connection was opened: they grow while the peer reads, be it slowly. */
  get taken(): number {
    const { bytesWritten = 0, writeQueueSize = 0 } = this.handle ?? {};
    return bytesWritten - writeQueueSize;
  }

  private get handle(): Handle {
    return (this.socket as Socket & { _handle?: Handle })._handle;
  }

  /**
   * Announces bytes that are about to be written. Cuts the connection off where its peer has left too much unread before,
   * and others where the process has too much waiting. Says whether they may be written.
   */
  announce(bytes: number): boolean {
    if (!this.isOpen) return false;
    if (this.unread > this.owner.maxPerConnection) this.drop(DropReason.TOO_MUCH_UNREAD);
    else this.owner.adding(this, bytes);
    return this.isOpen;
  }

  /** Announces an answer, which may have to wait for those before it; counts it until it was sent. */
  announceAnswer(bytes: number, response: ServerResponse): void {
    if (!this.announce(bytes)) return;
    this.announced += bytes;
    response.once("close", () => (this.announced -= bytes));
  }

  /** Counts a stream's own buffer too, until what is given back is called. */
  countBuffer(bytesIn: () => number): () => void {
    this.buffers.add(bytesIn);
    return () => this.buffers.delete(bytesIn);
  }

  /** Looks at whether the peer reads; cuts it off when it has read nothing for `maxQuietMs`. `now` is by `performance.now()`. */
  look(now: number, maxQuietMs: number): void {
    const queued = this.socket.writableLength > 0 ? (this.handle?.writeQueueSize ?? 0) : 0;
    const { taken } = this;
    // Not by the length of the queue: what is added to it is no sign that the peer reads.
    const isReading = queued === 0 || taken !== this.takenBefore;
    this.takenBefore = taken;
    if (isReading) this.quietSince = undefined;
    else if (this.quietSince === undefined) this.quietSince = now;
    else if (now - this.quietSince >= maxQuietMs) this.drop(DropReason.READS_NOTHING);
  }

  /** Cuts the connection off at once: its peer would not read a reason. */
  drop(reason: DropReason): void {
    if (!this.isOpen) return;
    this.owner.dropping(this, reason);
    this.onDrop();
    this.socket.destroy();
  }
}
