import type { DomainError } from "../errors/domain-error";
import { CursorAhead, fromBeforeRestore, type StreamEnds } from "./event-cursor";
import type { RecordedEvent } from "./event-map";

/** One organization's stream on this node: the newest events, and who is told of the next ones. */
export interface Stream {
  organizationId: string;
  /** Position of the newest event in memory. */
  head: number;
  /** The timeline that the head and the events are of. */
  readonly timeline: string;
  /** Why nothing more can be read: the stream was set back, or the database is lost. Each reader is ended with it. */
  refusal?: DomainError;
  /** Takes it out of the streams that are followed, if it is still among them. */
  forget(): void;
  recent: RecordedEvent[];
  /** Called, one for each reader, when the stream has moved. */
  readers: Set<() => void>;
  advancing: boolean;
  rungMeanwhile: boolean;
}

/** The events after a position, at most `limit`, if memory holds all of them. */
export function inMemory(stream: Stream, after: number, limit: number): RecordedEvent[] | undefined {
  if (after >= stream.head) return [];
  const first = after - (stream.head - stream.recent.length);
  return first >= 0 ? stream.recent.slice(first, first + limit) : undefined;
}

/** Ends a stream's readers: each finds the refusal when it asks for more. */
export function endStream(stream: Stream, refusal: DomainError): void {
  if (stream.refusal) return;
  stream.refusal = refusal;
  stream.forget();
  for (const tell of [...stream.readers]) tell();
}

/**
 * Compares what a read saw of a stream with what this node has read of it before.
 * @param head where this node was before that read
 * @param settleAhead finds out why the stream is behind that; throws where it was set back
 * @throws EVENTS_CURSOR_AHEAD, EVENTS_CURSOR_FROM_BEFORE_RESTORE the database was set back to an older copy
 */
export async function ensureSameHistory(
  { organizationId, timeline }: Stream,
  head: number,
  ends: StreamEnds,
  settleAhead?: (ahead: CursorAhead) => Promise<unknown>,
): Promise<void> {
  if (ends.timeline !== timeline) throw fromBeforeRestore(organizationId, ends);
  if (ends.lastPosition < head) await settleAhead?.(new CursorAhead(organizationId, head, ends));
}
