/** What one event came to, for everybody who asked the same: made once, sent to all. */
export interface SharedPayload {
  position: number;
  cursor: string;
  /** The result as JSON: bytes, since text would have to be turned into bytes for each listener. */
  json: Buffer;
}

/** A place in a stream that a listener has reached. */
export interface Checkpoint {
  position: number;
  cursor: string;
}

/** Where a listener's results go. */
export interface LiveSink {
  /** Sends one result, after all before it. */
  send(payload: SharedPayload): void;
  /** Lets some work send, whose results go into the network together: one write costs as much as many. */
  together(work: () => void): void;
  /** Bytes that were sent and that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Bytes that the network has taken from the listener's connection, whatever they were: they grow while the peer reads. */
  readonly taken: number;
}

/** Beyond so many untaken bytes nothing more is sent to a listener: it gets the rest from the log when it reads again. */
export const HIGH_WATERMARK = 256 * 1024;

/** With so few untaken bytes a listener that had fallen behind gets more. */
export const LOW_WATERMARK = 64 * 1024;

/** A listener that takes nothing for so long is let go. */
export const MAX_STALL_MS = 10_000;

/** How often a listener is told how far it has come, also when nothing happens. */
export const HEARTBEAT_MS = 12_000;
