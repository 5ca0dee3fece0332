import { summary, type Summary } from "./statistics";

/** More samples than this are thinned out, evenly. */
const MOST = 4_000_000;

/** How late events were heard, with when they happened, so that they can be told apart afterwards. */
export class Delays {
  private readonly happened = new Float64Array(MOST);
  private readonly late = new Float32Array(MOST);
  private size = 0;
  private seen = 0;
  private step = 1;

  note(happenedAt: number, delayMs: number): void {
    if (this.seen++ % this.step !== 0) return;
    if (this.size === MOST) this.thin();
    this.happened[this.size] = happenedAt;
    this.late[this.size] = delayMs;
    this.size++;
  }

  /** The delays of events that happened within one of these spans of time, and those of all others. */
  split(spans: readonly (readonly [from: number, to: number])[]): { within: Summary; outside: Summary } {
    const within: number[] = [];
    const outside: number[] = [];
    for (let at = 0; at < this.size; at++) {
      const happened = this.happened[at] ?? 0;
      const isWithin = spans.some(([from, to]) => happened >= from && happened <= to);
      (isWithin ? within : outside).push(this.late[at] ?? 0);
    }
    return { within: summary(within), outside: summary(outside) };
  }

  /** Drops every other sample. */
  private thin(): void {
    this.size = MOST / 2;
    for (let at = 0; at < this.size; at++) {
      this.happened[at] = this.happened[at * 2] ?? 0;
      this.late[at] = this.late[at * 2] ?? 0;
    }
    this.step *= 2;
  }
}
