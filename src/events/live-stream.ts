import type { RecordedEvent } from "./event-map";

/** One organization's stream on this node: the newest events, and who is told of the next ones. */
export interface Stream {
  organizationId: string;
  /** Position of the newest event in memory. */
  head: number;
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
