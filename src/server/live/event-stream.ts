import { Readable } from "node:stream";
import type { FormattedExecutionResult } from "graphql";

/** Proxies cut what is silent for half a minute or so. */
const HEARTBEAT_MS = 12_000;

/** Heartbeats for which a reader may take nothing before it is let go: a minute. It can go on with its cursor. */
const LONGEST_STILLNESS = 5;

/**
 * Results as server-sent events, in the words of the GraphQL over SSE protocol (distinct connections): `next` for each,
 * then `complete`. It pulls: while the reader takes nothing, no more than one result is made for it.
 */
export class EventStream extends Readable {
  private readonly heartbeat: NodeJS.Timeout;
  private isPulling = false;
  private isShut = false;
  private stillness = 0;

  constructor(private readonly results: AsyncIterator<FormattedExecutionResult>) {
    super({ highWaterMark: 1 });
    // The first word goes out at once: some browsers do not believe in a stream that has none.
    this.push(":\n\n");
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** Ends without `complete`, so that the reader knows that there is more, elsewhere or later. */
  shut(): void {
    if (this.isShut || this.destroyed) return;
    this.isShut = true;
    this.push(null);
  }

  override _read(): void {
    if (this.isPulling || this.isShut) return;
    this.isPulling = true;
    this.results.next().then(
      (step) => this.arrived(step),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.heartbeat);
    void this.results.return?.().catch(() => undefined);
    done(error);
  }

  private arrived(step: IteratorResult<FormattedExecutionResult, unknown>): void {
    this.isPulling = false;
    if (this.isShut || this.destroyed) return;
    if (!step.done) {
      this.push(`event: next\ndata: ${JSON.stringify(step.value)}\n\n`);
      return;
    }
    this.isShut = true;
    this.push("event: complete\ndata:\n\n");
    this.push(null);
  }

  private beat(): void {
    this.stillness = this.readableLength > 0 ? this.stillness + 1 : 0;
    if (this.stillness > LONGEST_STILLNESS) this.destroy();
    else if (this.stillness === 0 && !this.isShut) this.push(":\n\n");
  }
}
