import { setTimeout as delay } from "node:timers/promises";
import type { RecordedEvent } from "../events/event-map";
import { FairQueue } from "../context/fair-queue";
import { LoopShare } from "../context/loop-share";
import type { SharedPayload } from "./live-sink";

/** An event for a listener that is behind: its position, and what it came to where it is one that was asked for. */
export interface ReplayedEvent {
  position: number;
  payload: SharedPayload | undefined;
}

/** What executes events for all listeners that ask the same with the same rights; see SharedExecution. */
export interface ReplayedExecution {
  /** What one event costs each listener, in points. */
  readonly points: number;
  /** Those of its listeners that wait for their turn. */
  readonly waiting: Set<WaitingListener>;
  eventsAfter(position: number, limit: number): RecordedEvent[] | Promise<RecordedEvent[]>;
  passChange(event: RecordedEvent): Promise<void>;
  replay(events: RecordedEvent[]): Promise<ReplayedEvent[]>;
}

/** A listener that lacks events. */
export interface ReplayListener {
  /** Position of the last event that it has. */
  readonly position: number;
  /** In whose turns it gets the next ones: its organization, then its caller. */
  readonly turns: readonly [organizationId: string, caller: string];
  /** Whether it still wants what an execution makes. */
  follows(execution: ReplayedExecution): boolean;
  /** Sends what comes next of these events, which have no gap, and says whether it can take more now. */
  takeReplayed(events: readonly ReplayedEvent[]): boolean;
  endWith(refusal: unknown): void;
}

/** A listener that waits for its turn. */
export interface WaitingListener {
  listener: ReplayListener;
  turns: ReplayListener["turns"];
  execution: ReplayedExecution;
  /** Tells it that its turn is over. */
  done: () => void;
}

/** Milliseconds that all replays together take in one turn of the event loop, give or take one piece. */
const LOOP_SHARE_MS = 4;

/** Each reads the database, which requests and executions of new events need more. */
const TURNS_AT_ONCE = 2;

/** Events read for one turn: what is in memory for all replays is so many times the turns at once. */
const EVENTS_PER_READ = 64;

/** After so many milliseconds a turn gives way to the next; what was read and not sent is read again. */
const MAX_TURN_MS = 20;

/** Points of the executions that are done in one piece. */
const POINTS_PER_PIECE = 16;

/** Events of a piece at most, and messages that may come of it. */
const EVENTS_PER_PIECE = 32;
const MESSAGES_PER_PIECE = 2_000;

/** How long to wait where the log gives nothing: only when the node is stopping. */
const NOTHING_MS = 25;

/**
 * Sends events from the log to listeners that are behind, in turns: one organization after the other, within it one caller
 * after the other. A turn reads some events, executes each once, and serves all listeners of the same execution that
 * are in the same place. Between pieces of a few milliseconds requests and new events go first (ADR 0040).
 */
export class Replays {
  private readonly waiting = new FairQueue<WaitingListener>();
  private readonly share = new LoopShare(LOOP_SHARE_MS);
  private running = 0;
  private isStarting = false;

  /** Gives a listener some of the events that it lacks when it is its turn; resolves when the turn is over. */
  turnOf(listener: ReplayListener, execution: ReplayedExecution): Promise<void> {
    return new Promise((done) => {
      const { turns } = listener;
      const waiting = { listener, turns, execution, done };
      execution.waiting.add(waiting);
      this.waiting.add(turns, waiting);
      this.startSoon();
    });
  }

  /** Not at once, so that those whose turn has just ended wait again, all of them, and stay together. */
  private startSoon(): void {
    if (this.isStarting) return;
    this.isStarting = true;
    setImmediate(() => {
      this.isStarting = false;
      this.startTurns();
    });
  }

  private startTurns(): void {
    while (this.running < TURNS_AT_ONCE) {
      const next = this.waiting.take();
      if (!next) return;
      next.execution.waiting.delete(next);
      if (!next.listener.follows(next.execution)) next.done();
      else void this.run(next);
    }
  }

  private async run(first: WaitingListener): Promise<void> {
    this.running++;
    const served = [first];
    try {
      await this.serve(first.execution, served);
    } catch (error) {
      for (const { listener, execution } of served) if (listener.follows(execution)) listener.endWith(error);
    } finally {
      for (const { done } of served) done();
      this.running--;
      this.startSoon();
    }
  }

  /** One turn: of the first one who is served, and of those who are where the events that it lacks are. */
  private async serve(execution: ReplayedExecution, served: WaitingListener[]): Promise<void> {
    const after = served[0]?.listener.position ?? 0;
    await this.share.wait();
    const events = await execution.eventsAfter(after, EVENTS_PER_READ);
    const last = events[events.length - 1];
    if (!last) return void (await delay(NOTHING_MS, undefined, { ref: false }));
    served.push(...this.takeBetween(execution, after, last.position));
    for (const event of events) await execution.passChange(event);
    const until = performance.now() + MAX_TURN_MS;
    let takers = served.map(({ listener }) => listener);
    const size = pieceSize(execution.points, takers.length);
    for (let at = 0; at < events.length && takers.length > 0; at += size) {
      takers = await this.servePiece(execution, events.slice(at, at + size), takers);
      if (performance.now() > until) return;
    }
  }

  /** Executes some events and gives them to those who lack them; gives those who can take more. */
  private async servePiece(
    execution: ReplayedExecution,
    events: RecordedEvent[],
    takers: ReplayListener[],
  ): Promise<ReplayListener[]> {
    await this.share.wait();
    const replayed = await execution.replay(events);
    const left: ReplayListener[] = [];
    for (const taker of takers) {
      const { pause } = this.share;
      if (pause) await this.share.wait();
      // What it asked for, or may hear, can have changed since the turn began.
      if (taker.follows(execution) && taker.takeReplayed(replayed)) left.push(taker);
    }
    return left;
  }

  private takeBetween(execution: ReplayedExecution, from: number, to: number): WaitingListener[] {
    const found = [...execution.waiting].filter(
      ({ listener: { position } }) => position >= from && position < to,
    );
    for (const one of found) {
      execution.waiting.delete(one);
      this.waiting.remove(one.turns, one);
    }
    return found;
  }
}

/** How many events are executed at a time, by what one costs in points and to how many listeners it goes. */
function pieceSize(points: number, listeners: number): number {
  const most = Math.min(
    EVENTS_PER_PIECE,
    POINTS_PER_PIECE / Math.max(1, points),
    MESSAGES_PER_PIECE / listeners,
  );
  return Math.max(1, Math.floor(most));
}
