import type { LiveOperation } from "../../live/live-operation";
import { HEARTBEAT_MS, type LiveSink, HIGH_WATERMARK, type SharedPayload } from "../../live/live-sink";
import type { SocketOutlet } from "./socket-outlet";

const CLOSING_BRACE = "}".charCodeAt(0);

/** Sends the results of one operation of a socket, past graphql-ws, which would wait for each to be taken. */
export class SocketSink implements LiveSink {
  private readonly start: Buffer;

  constructor(
    private readonly outlet: SocketOutlet,
    operationId: string,
  ) {
    this.start = Buffer.from(`{"id":${JSON.stringify(operationId)},"type":"next","payload":`);
  }

  /** Sends what an event came to, as the protocol's `next`. */
  send({ json }: SharedPayload): void {
    const message = Buffer.allocUnsafe(this.start.length + json.length + 1);
    this.start.copy(message);
    json.copy(message, this.start.length);
    message[message.length - 1] = CLOSING_BRACE;
    this.outlet.send(message);
  }

  /** See LiveSink. */
  together(work: () => void): void {
    this.outlet.together(work);
  }

  /** Bytes that the connection has not taken yet. */
  get bufferedBytes(): number {
    return this.outlet.unread;
  }

  /** Bytes that the connection has taken, of all operations of the socket. */
  get taken(): number {
    return this.outlet.taken;
  }
}

/**
 * Tells a socket with live operations how far each has come, as the payload of the protocol's own `ping`. A listener that
 * keeps it need not hear again what its filter left out, and its place does not grow too old while nothing happens.
 */
export class SocketHeartbeat {
  private readonly operations = new Map<string, LiveOperation>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly outlet: SocketOutlet) {}

  /** Tells of an operation from now on, until it is over. */
  watch(id: string, operation: LiveOperation): void {
    this.operations.set(id, operation);
    this.timer ??= setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** Tells it now, unless the socket has enough to read. */
  beat(): void {
    for (const [id, { isOver }] of this.operations) if (isOver) this.operations.delete(id);
    if (this.operations.size === 0 || this.outlet.unread > HIGH_WATERMARK) return;
    const heartbeat = [...this.operations].map(([id, { checkpoint }]) => ({ id, ...checkpoint }));
    this.outlet.send(JSON.stringify({ type: "ping", payload: { heartbeat } }));
  }

  /** Ends all operations with SLOW_CONSUMER: the socket's peer reads nothing. Says whether there was any. */
  endAsTooSlow(): boolean {
    const open = [...this.operations.values()].filter(({ isOver }) => !isOver);
    for (const operation of open) operation.endAsTooSlow();
    return open.length > 0;
  }

  /** The socket is gone. */
  stop(): void {
    clearInterval(this.timer);
    this.operations.clear();
  }
}
