/**
 * How long work of one kind may take in each turn of the event loop. Work that is made of many short pieces asks before each
 * piece, so that requests, timers and other sockets are served in between, however much of it there is.
 */
export class LoopShare {
  /** When the first piece of this turn of the event loop began, by `performance.now()`. */
  private since: number | undefined;
  private pieces = 0;
  /** Made where somebody waits for it. */
  private nextTurn: Promise<void> | undefined;
  private resolveNextTurn: (() => void) | undefined;

  /**
   * `maxMs`: milliseconds of a turn; the last piece that began in time may take longer. `maxPieces`: pieces of a turn, where
   * several may ask before the first of them does its work.
   */
  constructor(
    private readonly maxMs: number,
    private readonly maxPieces = Infinity,
  ) {}

  /** Undefined while there is time left in this turn of the event loop; otherwise resolves in the next turn. Ask again then. */
  get pause(): Promise<void> | undefined {
    const now = performance.now();
    if (this.since === undefined) this.begin(now);
    else if (now - this.since >= this.maxMs || this.pieces >= this.maxPieces)
      return (this.nextTurn ??= new Promise((resolve) => (this.resolveNextTurn = resolve)));
    this.pieces++;
    return undefined;
  }

  /** Resolves when there is time for a piece. */
  async wait(): Promise<void> {
    for (let { pause } = this; pause; { pause } = this) await pause;
  }

  private begin(now: number): void {
    this.since = now;
    this.pieces = 0;
    setImmediate(this.end);
  }

  private readonly end = (): void => {
    const { resolveNextTurn } = this;
    this.since = undefined;
    this.nextTurn = undefined;
    this.resolveNextTurn = undefined;
    resolveNextTurn?.();
  };
}
