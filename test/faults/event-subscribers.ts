import { setTimeout as pause } from "node:timers/promises";
import { Delays } from "./delays";
import { EventSubscriber, type Heard, type Place } from "./event-subscriber";
import type { Summary } from "./statistics";

const OPENED_AT_ONCE = 25;

/** Many listeners of one process. */
export class EventSubscribers {
  private readonly subscribers: EventSubscriber[] = [];
  private delays = new Delays();

  /** Opens one at each place, some at a time, and waits until all of them listen. */
  async open(places: Place[], urls: string[]): Promise<void> {
    for (const place of places) {
      const eventSubscriber = new EventSubscriber(place, urls, (at, delay) => this.delays.note(at, delay));
      this.subscribers.push(eventSubscriber);
      eventSubscriber.open();
      if (this.subscribers.length % OPENED_AT_ONCE === 0) await this.allListen();
    }
    await this.allListen();
  }

  /** Cuts each subscriber off this many times, at moments drawn from this span of time; gives when that is done. */
  async cutOff(times: number, overMs: number): Promise<void> {
    await Promise.all(
      this.subscribers.map(async (eventSubscriber) => {
        const began = performance.now();
        const moments = Array.from({ length: times }, () => Math.random() * overMs).sort((a, b) => a - b);
        for (const moment of moments) {
          await pause(Math.max(0, moment - (performance.now() - began)));
          // One that is not back yet cannot be cut off.
          while (!eventSubscriber.isListening) await pause(20);
          eventSubscriber.cut();
          while (eventSubscriber.isListening) await pause(5);
        }
      }),
    );
  }

  /** Has the first ones stop reading. */
  stopReading(count: number): void {
    for (const eventSubscriber of this.subscribers.slice(0, count)) {
      eventSubscriber.isSlow = true;
      eventSubscriber.pause();
    }
  }

  /** Has them read on. */
  readOn(): void {
    for (const eventSubscriber of this.subscribers) if (eventSubscriber.isSlow) eventSubscriber.resume();
  }

  /** Waits until every subscriber that reads has heard this position of its stream, or the time is over; how many have not. */
  async caughtUp(heads: Record<string, number>, withinMs: number): Promise<number> {
    const isBehind = ({ isSlow, heard }: EventSubscriber) =>
      !isSlow && heard.position < (heads[heard.stream] ?? 0);
    for (let waited = 0; this.subscribers.some(isBehind) && waited < withinMs; waited += 20) await pause(20);
    return this.subscribers.filter(isBehind).length;
  }

  /** From here on they all count as readers. */
  forgiveSlow(): void {
    for (const eventSubscriber of this.subscribers) eventSubscriber.isSlow = false;
  }

  /** Forgets the delays so far: what was heard while warming up. */
  forgetDelays(): void {
    this.delays = new Delays();
  }

  /** How late live events were heard that happened within these spans, and the others. */
  delaysWithin(spans: [from: number, to: number][]): { within: Summary; outside: Summary } {
    return this.delays.split(spans);
  }

  /** The most subscribers that came back within so many milliseconds. */
  mostReturnsWithin(windowMs: number): number {
    const moments = this.subscribers.flatMap(({ returnedAt }) => returnedAt).sort((a, b) => a - b);
    let most = 0;
    for (let from = 0, to = 0; to < moments.length; to++) {
      while ((moments[to] ?? 0) - (moments[from] ?? 0) >= windowMs) from++;
      most = Math.max(most, to - from + 1);
    }
    return most;
  }

  /** Ends them all; what each has heard. */
  close(): Heard[] {
    return this.subscribers.map((eventSubscriber) => eventSubscriber.close());
  }

  private async allListen(): Promise<void> {
    while (!this.subscribers.every(({ isListening }) => isListening)) await pause(5);
  }
}
