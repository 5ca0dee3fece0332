import { Readable } from "node:stream";
import type { FormattedExecutionResult } from "graphql";
import type { Connection } from "../connections/connection";
import {
  HEARTBEAT_MS,
  type LiveSink,
  MAX_STALL_MS,
  type Checkpoint,
  type SharedPayload,
} from "../../live/live-sink";

/** What a stream carries: results that it asks for one by one, or those of a live operation, which come by themselves. */
export interface Streamed {
  results: AsyncIterator<FormattedExecutionResult>;
  /** The place that a live operation has reached. */
  checkpoint?: () => Checkpoint;
  /** Ends a live operation whose peer reads nothing. */
  endAsTooSlow?: () => void;
}

/**
 * Results as server-sent events, in the words of the GraphQL over SSE protocol (distinct connections): `next` for each,
 * then `complete`. Each event bears its cursor as `id`, and so does the heartbeat, which a reader gives back as
 * `Last-Event-ID` to go on from there. Proxies cut what is silent for half a minute or so: the heartbeat comes more often.
 */
export class EventStream extends Readable implements LiveSink {
  private readonly heartbeat: NodeJS.Timeout;
  private isPulling = false;
  private isShut = false;
  /** Frames that are to be pushed together, and their bytes. */
  private gathered: Buffer[] | undefined;
  private gatheredBytes = 0;

  constructor(
    private readonly streamed: Streamed,
    private readonly connection: Pick<Connection, "announce" | "quietMs" | "taken">,
  ) {
    super({ highWaterMark: 1 });
    // The first word goes out at once: some browsers do not believe in a stream that has none.
    this.push(":\n\n");
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** Sends what an event came to. */
  send(payload: SharedPayload): void {
    if (this.isShut || this.destroyed) return;
    const frame = frameOf(payload);
    if (!this.gathered) return this.pushAnnounced(frame);
    this.gathered.push(frame);
    this.gatheredBytes += frame.length;
  }

  /** See LiveSink. */
  together(work: () => void): void {
    this.gathered = [];
    try {
      work();
    } finally {
      const frames = this.gathered;
      this.gathered = undefined;
      this.gatheredBytes = 0;
      if (frames.length > 0 && !this.isShut && !this.destroyed) this.pushAnnounced(Buffer.concat(frames));
    }
  }

  /** Bytes that the connection has not taken yet. */
  get bufferedBytes(): number {
    return this.readableLength + this.gatheredBytes;
  }

  /** Bytes that the connection has taken. */
  get taken(): number {
    return this.connection.taken;
  }

  /** Ends without `complete`, so that the reader knows that there is more, elsewhere or later. */
  shut(): void {
    if (this.isShut || this.destroyed) return;
    this.push(this.sign());
    this.isShut = true;
    this.push(null);
  }

  override _read(): void {
    if (this.isPulling || this.isShut) return;
    this.isPulling = true;
    this.streamed.results.next().then(
      (step) => this.arrived(step),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.heartbeat);
    void this.streamed.results.return?.().catch(() => undefined);
    done(error);
  }

  private arrived(step: IteratorResult<FormattedExecutionResult, unknown>): void {
    this.isPulling = false;
    if (this.isShut || this.destroyed) return;
    if (!step.done) {
      this.pushAnnounced(Buffer.from(`event: next\ndata: ${JSON.stringify(step.value)}\n\n`));
      return;
    }
    this.isShut = true;
    this.push("event: complete\ndata:\n\n");
    this.push(null);
  }

  private pushAnnounced(frame: Buffer): void {
    if (this.connection.announce(frame.length)) this.push(frame);
  }

  private beat(): void {
    if (this.connection.quietMs > MAX_STALL_MS) this.streamed.endAsTooSlow?.();
    // Who has something to read already needs no sign of life; who reads nothing is cut off by the watch on connections.
    if (this.readableLength === 0 && !this.isShut) this.push(this.sign());
  }

  /** A sign of life that is no event: with the place reached, where there is one. */
  private sign(): string {
    const checkpoint = this.streamed.checkpoint?.();
    return checkpoint ? `id: ${checkpoint.cursor}\n: position ${checkpoint.position}\n\n` : ":\n\n";
  }
}

const frames = new WeakMap<SharedPayload, Buffer>();

/** One frame for all streams: their payload and their id are the same. */
function frameOf(payload: SharedPayload): Buffer {
  const known = frames.get(payload);
  const frame =
    known ?? Buffer.from(`event: next\nid: ${payload.cursor}\ndata: ${payload.json.toString()}\n\n`);
  if (!known) frames.set(payload, frame);
  return frame;
}
