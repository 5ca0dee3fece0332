import type { RecordedEvent } from "./event-map";

/** One organization's stream on this node: the newest events, and who waits for the next one. */
export interface Stream {
  organizationId: string;
  /** Position of the newest event in memory. */
  head: number;
  recent: RecordedEvent[];
  listeners: number;
  waiting: Set<() => void>;
  advancing: boolean;
  rungMeanwhile: boolean;
}

/** The events after a position, if memory holds all of them. */
export function inMemory(stream: Stream, after: number): RecordedEvent[] | undefined {
  if (after >= stream.head) return [];
  const oldest = stream.head - stream.recent.length;
  return after >= oldest ? stream.recent.slice(after - oldest) : undefined;
}

/** Resolves when the stream has moved, or when its listener has ended. */
export function nextEvent(stream: Stream, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ended.aborted) return resolve();
    const wake = () => {
      stream.waiting.delete(wake);
      ended.removeEventListener("abort", wake);
      resolve();
    };
    stream.waiting.add(wake);
    ended.addEventListener("abort", wake);
  });
}

/** Lets everyone who waits for the next event look again. */
export function wakeAll(stream: Stream): void {
  for (const wake of [...stream.waiting]) wake();
}
