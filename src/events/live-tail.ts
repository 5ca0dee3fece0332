import { setTimeout as pause } from "node:timers/promises";
import type { Reads } from "../database/reads";
import { DomainError, ErrorKind } from "../errors/domain-error";
import { type CursorAhead, FIRST_TIMELINE, fromBeforeRestore } from "./event-cursor";
import { ensureKept, readEnds, readEndsOf, readEventSlice } from "./event-log";
import type { RecordedEvent } from "./event-map";
import { endStream, ensureSameHistory, inMemory, type Stream } from "./live-stream";

type Read = <T>(work: (reads: Reads) => Promise<T>) => Promise<T>;

/** How a tail behaves; the defaults are for production. */
export interface LiveTailOptions {
  /** How often the stream heads are looked at, for notifications that were lost; asked before each wait. */
  pollMs?: number | (() => number);
  /** How many events of an organization are kept in memory for readers that are nearly up to date. */
  kept?: number;
  onError?: (error: unknown) => void;
  /** Finds out why a stream is behind what this node has read of it; see `settleAhead`. */
  settleAhead?: (ahead: CursorAhead) => Promise<unknown>;
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
   * @throws EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE the database was set back to an older copy
   * @throws SERVICE_UNAVAILABLE the database is lost
   */
  eventsAfter(position: number, limit?: number): RecordedEvent[] | Promise<RecordedEvent[]>;
  /** Lets go of the stream; once is enough, and again is harmless. */
  leave(): void;
}

const POLL_MS = 1_000;
const LOG_PAGE = 200;
const READS_AT_ONCE = 4;
const NO_STREAM = { lastPosition: 0, timeline: FIRST_TIMELINE };

/**
 * Follows the event log for the readers of this node. A reader asks for what comes after its position, so nothing is kept
 * for it and one that is slow costs nothing. Each new event of an organization is read from the log once, whatever the
 * number of readers.
 */
export class LiveTail {
  private readonly streams = new Map<string, Promise<Stream>>();
  private readonly closing = new AbortController();
  private refusal: DomainError | undefined;

  constructor(
    private readonly read: Read,
    private readonly options: LiveTailOptions = {},
  ) {
    void this.pollForLostNotifications();
  }

  /** The change notifier was called: these organizations may have new events. */
  notify(organizationIds: Iterable<string>): void {
    for (const organizationId of organizationIds) {
      void this.streams
        .get(organizationId)
        ?.then((stream) => this.advance(stream))
        .catch((error: unknown) => this.options.onError?.(error));
    }
  }

  /**
   * Takes a hold on an organization's stream; `onNews` is called, never in the midst of the caller's work, when it moves.
   * @param timeline which the caller's position is of; that of the stream as it is when absent
   * @throws EVENTS_CURSOR_FROM_BEFORE_RESTORE the stream has left that timeline
   */
  async join(organizationId: string, onNews: () => void, timeline?: string): Promise<TailReader> {
    const reader = () => onNews();
    const stream = await this.open(organizationId, reader, timeline);
    return {
      get head() {
        return stream.head;
      },
      eventsAfter: (position, limit = LOG_PAGE) => {
        if (stream.refusal) throw stream.refusal;
        return inMemory(stream, position, limit) ?? this.fromLogInTheEnd(stream, position, limit);
      },
      leave: () => {
        const wasIn = stream.readers.delete(reader);
        if (wasIn && stream.readers.size === 0) stream.forget();
      },
    };
  }

  /** How many organizations' streams are followed on this node. */
  get streamCount(): number {
    return this.streams.size;
  }

  /** Ends every reader, and those that come later, with a refusal: the database is lost. */
  refuse(refusal: DomainError): void {
    this.refusal = refusal;
    for (const opening of this.streams.values())
      void opening.then((stream) => endStream(stream, refusal)).catch(() => undefined);
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
        if (stream.refusal || isExpired(error)) throw error;
        this.options.onError?.(error);
        await this.wait();
      }
    }
    return [];
  }

  private async fromLog(stream: Stream, after: number, limit = LOG_PAGE): Promise<RecordedEvent[]> {
    const { organizationId, head } = stream;
    const { events, ends } = await this.read((reads) => readEventSlice(reads, organizationId, after, limit));
    try {
      await ensureSameHistory(stream, head, ends, this.options.settleAhead);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== ErrorKind.INVALID) throw error;
      endStream(stream, error);
    }
    if (stream.refusal) throw stream.refusal;
    ensureKept(organizationId, after, ends);
    return events;
  }

  private async open(organizationId: string, reader: () => void, timeline?: string): Promise<Stream> {
    for (;;) {
      if (this.refusal) throw this.refusal;
      const opening = this.streams.get(organizationId) ?? this.begin(organizationId);
      this.streams.set(organizationId, opening);
      const stream = await opening.catch((error: unknown) => {
        this.streams.delete(organizationId);
        throw error;
      });
      // The last other reader may have left while we waited, and taken the stream out of the notifier's reach.
      if (this.streams.get(organizationId) !== opening) continue;
      if (timeline !== undefined && timeline !== stream.timeline) {
        const ends = await this.read((reads) => readEndsOf(reads, organizationId));
        if (ends.timeline !== timeline) throw fromBeforeRestore(organizationId, ends);
        endStream(stream, fromBeforeRestore(organizationId, ends));
      }
      if (stream.refusal) continue;
      stream.readers.add(reader);
      return stream;
    }
  }

  private begin(organizationId: string): Promise<Stream> {
    const opening = this.read((reads) => readEndsOf(reads, organizationId)).then(
      ({ lastPosition: head, timeline }): Stream => ({
        ...{ organizationId, head, timeline, recent: [], readers: new Set() },
        ...{ advancing: false, rungMeanwhile: false },
        forget: () => {
          if (this.streams.get(organizationId) === opening) this.streams.delete(organizationId);
        },
      }),
    );
    return opening;
  }

  /** Reads what is new, one read at a time; a notification during the read makes it look once more. */
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
      if (stream.refusal) return;
      if (isExpired(error)) return await this.skip(stream);
      // The database is away; the next notification or the poll looks again, from the same position.
      this.options.onError?.(error);
    } finally {
      stream.advancing = false;
    }
  }

  /** This node was away for longer than events are kept. Each reader finds that out at its own position. */
  private async skip(stream: Stream): Promise<void> {
    const ends = await this.read((reads) => readEndsOf(reads, stream.organizationId));
    if (ends.timeline !== stream.timeline)
      return endStream(stream, fromBeforeRestore(stream.organizationId, ends));
    stream.head = ends.lastPosition;
    stream.recent = [];
    for (const tell of [...stream.readers]) tell();
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

  private async pollForLostNotifications(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.wait();
      if (signal.aborted || this.streams.size === 0) continue;
      try {
        const ends = await this.read((reads) => readEnds(reads, [...this.streams.keys()]));
        const streams = await Promise.all(this.streams.values());
        const hasMoved = ({ organizationId, head, timeline }: Stream) => {
          const now = ends.get(organizationId) ?? NO_STREAM;
          return now.lastPosition !== head || now.timeline !== timeline;
        };
        await this.advanceAll(streams.filter(hasMoved));
      } catch (error) {
        this.options.onError?.(error);
      }
    }
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof DomainError && error.code === "EVENTS_CURSOR_EXPIRED";
}
