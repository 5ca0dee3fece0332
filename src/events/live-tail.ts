import { setTimeout as pause } from "node:timers/promises";
import type { Reads } from "../database/reads";
import { readEvents, readHeads } from "./event-log";
import type { EventType, RecordedEvent } from "./event-map";
import { eventErrors } from "./event.errors";
import { inMemory, nextEvent, type Stream, wakeAll } from "./live-stream";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** What a listener wants of an organization's stream. */
export interface Following {
  /** Give the events after this position first; from now on when absent. */
  after?: number;
  /** Only these types; all when absent. */
  types?: readonly EventType[];
}

/** How a tail behaves; the defaults are for production. */
export interface LiveTailOptions {
  /** How often the stream heads are looked at, for bells that were lost. */
  pollMs?: number;
  /** How many events of an organization are kept in memory for listeners that are nearly up to date. */
  kept?: number;
  onError?: (error: unknown) => void;
}

const POLL_MS = 1_000;
const LOG_PAGE = 200;

/**
 * Follows the event log for the listeners of this node. A listener pulls: no buffer exists for it, so one that stops
 * reading costs nothing and, when it comes back, reads on from the log at its own pace. Each new event of an
 * organization is read from the log once, whatever the number of listeners (design.md 5).
 */
export class LiveTail {
  private readonly streams = new Map<string, Promise<Stream>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly read: Read,
    private readonly options: LiveTailOptions = {},
  ) {
    void this.pollForLostBells();
  }

  /** The doorbell rang: these organizations may have new events. */
  ring(organizationIds: Iterable<string>): void {
    for (const organizationId of organizationIds) {
      void this.streams.get(organizationId)?.then((stream) => this.advance(stream), this.options.onError);
    }
  }

  /**
   * The events of an organization in order, each once: missed ones first, then live ones, until `return()` is called
   * or the tail closes. It is in place when the promise resolves: whatever is committed later will come.
   * @throws EVENTS_CURSOR_AHEAD the stream has not reached the position
   */
  async follow(
    organizationId: string,
    { after, types }: Following,
  ): Promise<AsyncIterableIterator<RecordedEvent>> {
    const stream = await this.join(organizationId);
    const newest = await this.headOf(organizationId).catch((error: unknown) => {
      this.leave(stream);
      throw error;
    });
    if (after !== undefined && after > newest) {
      this.leave(stream);
      throw eventErrors.EVENTS_CURSOR_AHEAD(
        "`after` is ahead of your newest event. Take the cursor of an event you received.",
        {
          field: "after",
        },
      );
    }
    const ended = new AbortController();
    const events = this.eventsAfter(stream, after ?? newest, types, ended.signal);
    let left = false;
    const leaveOnce = () => {
      if (!left) this.leave(stream);
      left = true;
    };
    const listener: AsyncIterableIterator<RecordedEvent> = {
      next: async () => {
        const step = await events.next();
        if (step.done) leaveOnce();
        return step;
      },
      return: async () => {
        ended.abort();
        leaveOnce();
        return events.return(undefined);
      },
      [Symbol.asyncIterator]: () => listener,
    };
    return listener;
  }

  /** How many listeners there are on this node. */
  async listenerCount(): Promise<number> {
    const streams = await Promise.all(this.streams.values());
    return streams.reduce((sum, stream) => sum + stream.listeners, 0);
  }

  /** Ends every listener and the polling. */
  close(): void {
    this.closing.abort();
    for (const stream of this.streams.values()) void stream.then(wakeAll, () => undefined);
  }

  private async *eventsAfter(
    stream: Stream,
    after: number,
    types: readonly EventType[] | undefined,
    ended: AbortSignal,
  ): AsyncGenerator<RecordedEvent, undefined> {
    const isOver = () => ended.aborted || this.closing.signal.aborted;
    for (let last = after; !isOver();) {
      const batch = inMemory(stream, last) ?? (await this.fromLogInTheEnd(stream, last, ended));
      for (const event of batch) {
        if (isOver()) return;
        last = event.position;
        if (!types || types.includes(event.type)) yield event;
      }
      if (batch.length === 0 && stream.head <= last) await nextEvent(stream, ended);
    }
  }

  /** A database that is away for a while costs a listener time, and not its place: asks again until it answers. */
  private async fromLogInTheEnd(stream: Stream, after: number, ended: AbortSignal): Promise<RecordedEvent[]> {
    for (;;) {
      try {
        return await this.fromLog(stream, after);
      } catch (error) {
        this.options.onError?.(error);
        const signal = AbortSignal.any([ended, this.closing.signal]);
        await pause(this.options.pollMs ?? POLL_MS, undefined, { ref: false, signal }).catch(() => undefined);
        if (signal.aborted) return [];
      }
    }
  }

  private fromLog(stream: Stream, after: number): Promise<RecordedEvent[]> {
    return this.read((reads) => readEvents(reads, stream.organizationId, after, LOG_PAGE));
  }

  private async headOf(organizationId: string): Promise<number> {
    const heads = await this.read((reads) => readHeads(reads, [organizationId]));
    return heads.get(organizationId) ?? 0;
  }

  private async join(organizationId: string): Promise<Stream> {
    for (;;) {
      const joined = this.streams.get(organizationId) ?? this.begin(organizationId);
      this.streams.set(organizationId, joined);
      const stream = await joined.catch((error: unknown) => {
        this.streams.delete(organizationId);
        throw error;
      });
      // The last other listener may have left while we waited, and taken the stream out of the bell's reach.
      if (this.streams.get(organizationId) !== joined) continue;
      stream.listeners++;
      return stream;
    }
  }

  private async begin(organizationId: string): Promise<Stream> {
    const head = await this.headOf(organizationId);
    const waiting = new Set<() => void>();
    return {
      organizationId,
      head,
      recent: [],
      listeners: 0,
      waiting,
      advancing: false,
      rungMeanwhile: false,
    };
  }

  private leave(stream: Stream): void {
    stream.listeners--;
    if (stream.listeners === 0) this.streams.delete(stream.organizationId);
  }

  /** Reads what is new, one read at a time; a bell during the read makes it look once more. */
  private async advance(stream: Stream): Promise<void> {
    stream.rungMeanwhile = true;
    if (stream.advancing) return;
    stream.advancing = true;
    try {
      while (stream.rungMeanwhile) {
        stream.rungMeanwhile = false;
        const news = await this.fromLog(stream, stream.head);
        if (news.length === 0) continue;
        stream.recent.push(...news);
        stream.recent.splice(0, stream.recent.length - (this.options.kept ?? 1_000));
        stream.head = news[news.length - 1]?.position ?? stream.head;
        stream.rungMeanwhile ||= news.length === LOG_PAGE;
        wakeAll(stream);
      }
    } catch (error) {
      // The database is away; the next bell or the poll looks again, from the same position.
      this.options.onError?.(error);
    } finally {
      stream.advancing = false;
    }
  }

  private async pollForLostBells(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await pause(this.options.pollMs ?? POLL_MS, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted || this.streams.size === 0) continue;
      try {
        const heads = await this.read((reads) => readHeads(reads, [...this.streams.keys()]));
        for (const [organizationId, head] of heads) {
          const stream = await this.streams.get(organizationId);
          if (stream && head > stream.head) await this.advance(stream);
        }
      } catch (error) {
        this.options.onError?.(error);
      }
    }
  }
}
