import { setTimeout as pause } from "node:timers/promises";
import type { Reads } from "../database/reads";
import { DomainError } from "../errors/domain-error";
import { readEndsOf, readEvents, readHeads } from "./event-log";
import type { RecordedEvent } from "./event-map";
import { inMemory, type Stream } from "./live-stream";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** How a tail behaves; the defaults are for production. */
export interface LiveTailOptions {
  /** How often the stream heads are looked at, for bells that were lost; asked before each wait. */
  pollMs?: number | (() => number);
  /** How many events of an organization are kept in memory for readers that are nearly up to date. */
  kept?: number;
  onError?: (error: unknown) => void;
}

/** One reader's hold on an organization's stream. */
export interface TailReader {
  /** Position of the newest event that this node knows of. */
  readonly head: number;
  /**
   * Events after a position, in order, without a gap: none when there is nothing new, and not always all there are, at
   * most `limit` (200 where it is left out). At once where memory has them; otherwise from the log, as soon as the
   * database answers.
   * @throws EVENTS_CURSOR_EXPIRED some of them are no longer kept
   */
  eventsAfter(position: number, limit?: number): RecordedEvent[] | Promise<RecordedEvent[]>;
  /** Lets go of the stream; once is enough, and again is harmless. */
  leave(): void;
}

const POLL_MS = 1_000;
const LOG_PAGE = 200;
const READS_AT_ONCE = 4;

/**
 * Follows the event log for the readers of this node. A reader asks for what comes after its position, so nothing is kept
 * for it and one that is slow costs nothing. Each new event of an organization is read from the log once, whatever the
 * number of readers (design.md 5).
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
      void this.streams
        .get(organizationId)
        ?.then((stream) => this.advance(stream))
        .catch((error: unknown) => this.options.onError?.(error));
    }
  }

  /** Takes a hold on an organization's stream; `onNews` is called, never in the midst of the caller's work, when it moves. */
  async join(organizationId: string, onNews: () => void): Promise<TailReader> {
    const reader = () => onNews();
    const stream = await this.open(organizationId, reader);
    return {
      get head() {
        return stream.head;
      },
      eventsAfter: (position, limit = LOG_PAGE) =>
        inMemory(stream, position, limit) ?? this.fromLogInTheEnd(stream, position, limit),
      leave: () => {
        const wasIn = stream.readers.delete(reader);
        if (wasIn && stream.readers.size === 0) this.streams.delete(organizationId);
      },
    };
  }

  /** How many organizations' streams are followed on this node. */
  get streamCount(): number {
    return this.streams.size;
  }

  /** Ends the polling, and whatever waits for the database. */
  close(): void {
    this.closing.abort();
  }

  /** A database that is away for a while costs a reader time, and not its place: asks again until it answers. */
  private async fromLogInTheEnd(stream: Stream, after: number, limit: number): Promise<RecordedEvent[]> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        return await this.fromLog(stream, after, limit);
      } catch (error) {
        if (isExpired(error)) throw error;
        this.options.onError?.(error);
        await this.wait();
      }
    }
    return [];
  }

  private fromLog(stream: Stream, after: number, limit = LOG_PAGE): Promise<RecordedEvent[]> {
    return this.read((reads) => readEvents(reads, stream.organizationId, after, limit));
  }

  private async open(organizationId: string, reader: () => void): Promise<Stream> {
    for (;;) {
      const opening = this.streams.get(organizationId) ?? this.begin(organizationId);
      this.streams.set(organizationId, opening);
      const stream = await opening.catch((error: unknown) => {
        this.streams.delete(organizationId);
        throw error;
      });
      // The last other reader may have left while we waited, and taken the stream out of the bell's reach.
      if (this.streams.get(organizationId) !== opening) continue;
      stream.readers.add(reader);
      return stream;
    }
  }

  private async begin(organizationId: string): Promise<Stream> {
    const head = await this.headOf(organizationId);
    return { organizationId, head, recent: [], readers: new Set(), advancing: false, rungMeanwhile: false };
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
        stream.recent.splice(0, stream.recent.length - (this.options.kept ?? LOG_PAGE));
        stream.head = news[news.length - 1]?.position ?? stream.head;
        stream.rungMeanwhile ||= news.length === LOG_PAGE;
        for (const tell of [...stream.readers]) tell();
      }
    } catch (error) {
      if (isExpired(error)) return await this.skip(stream);
      // The database is away; the next bell or the poll looks again, from the same position.
      this.options.onError?.(error);
    } finally {
      stream.advancing = false;
    }
  }

  /** This node was away for longer than events are kept. Each reader finds that out at its own position. */
  private async skip(stream: Stream): Promise<void> {
    stream.head = await this.headOf(stream.organizationId);
    stream.recent = [];
    for (const tell of [...stream.readers]) tell();
  }

  private async headOf(organizationId: string): Promise<number> {
    const { lastPosition } = await this.read((reads) => readEndsOf(reads, organizationId));
    return lastPosition;
  }

  private async wait(): Promise<void> {
    const { pollMs = POLL_MS } = this.options;
    const { signal } = this.closing;
    const milliseconds = typeof pollMs === "number" ? pollMs : pollMs();
    await pause(milliseconds, undefined, { ref: false, signal }).catch(() => undefined);
  }

  /** A few at once: one after another, the last of many would wait long; all at once, requests would. */
  private async advanceAll(streams: Stream[]): Promise<void> {
    const advanceNext = async () => {
      for (let stream = streams.pop(); stream; stream = streams.pop()) await this.advance(stream);
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, advanceNext));
  }

  private async pollForLostBells(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.wait();
      if (signal.aborted || this.streams.size === 0) continue;
      try {
        const heads = await this.read((reads) => readHeads(reads, [...this.streams.keys()]));
        const streams = await Promise.all(this.streams.values());
        await this.advanceAll(streams.filter((one) => (heads.get(one.organizationId) ?? 0) > one.head));
      } catch (error) {
        this.options.onError?.(error);
      }
    }
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof DomainError && error.code === "EVENTS_CURSOR_EXPIRED";
}
