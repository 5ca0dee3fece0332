/** Charges the peer of a socket for bytes that it sent and that were no operation; rejects when its budget is used up. */
export type ChargeBytes = (bytes: number) => Promise<void>;

/** Bytes that a message is counted as besides its own: the smallest one takes some work too. */
const BYTES_PER_MESSAGE = 64;

/** Bytes of pings, pongs and completions that a socket may send at once, and in each second, without being charged. */
const FREE_BYTES = 16 * 1024;
const FREE_BYTES_PER_SECOND = 1_024;

/** Bytes beyond those that are free and are charged together: a charge may ask another process. */
const CHARGED_TOGETHER = 4 * 1024;

/**
 * Charges one socket's peer for its messages by their size, as the bodies of HTTP requests are charged. Pings, pongs and
 * completions are free up to what keeping a connection alive takes, answers to heartbeats among it, so that nobody is cut off
 * for that. Operations are charged by the guard, which knows what they cost.
 */
export class MessageCharges {
  private free = FREE_BYTES;
  private owed = 0;
  private countedAt = performance.now();

  /** `onRefused` is told when the peer's budget is used up. */
  constructor(
    private readonly charge: ChargeBytes,
    private readonly onRefused: (refusal: unknown) => void,
  ) {}

  /** A ping, a pong or a completion of so many bytes came, as a message or as a frame of WebSocket's own. */
  keptAlive(bytes: number): void {
    const now = performance.now();
    const earned = ((now - this.countedAt) / 1_000) * FREE_BYTES_PER_SECOND;
    this.countedAt = now;
    this.free = Math.min(FREE_BYTES, this.free + earned) - bytes - BYTES_PER_MESSAGE;
    if (this.free >= 0) return;
    this.owed -= this.free;
    this.free = 0;
    if (this.owed < CHARGED_TOGETHER) return;
    const owed = this.owed;
    this.owed = 0;
    this.read(owed);
  }

  /** So many bytes were read in vain. What follows does not wait for the charge: messages keep their order. */
  read(bytes: number): void {
    this.charge(bytes).catch(this.onRefused);
  }
}
