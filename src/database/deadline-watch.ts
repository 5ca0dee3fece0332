import type { Deadline } from "../context/deadline";

/** How often overdue work is looked at, in milliseconds. */
const LOOK_MS = 25;

/** Something that must end after its deadline. */
export interface Watched {
  readonly deadline: Deadline;
  /** Called again and again from the deadline on, until it is no longer watched. */
  onOverdue(): void;
}

/** Looks after work with deadlines. One timer serves all of it, since a timer for each piece would cost every request some. */
export class DeadlineWatch {
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;

  /** Watches until `remove`; the first look comes 25 ms after the deadline at the latest. */
  add(work: Watched): void {
    this.watched.add(work);
    this.timer ??= setTimeout(this.look, LOOK_MS);
  }

  /** Watches no longer. */
  remove(work: Watched): void {
    this.watched.delete(work);
  }

  private readonly look = (): void => {
    this.timer = undefined;
    for (const work of this.watched) if (work.deadline.remainingMs === 0) work.onOverdue();
    if (this.watched.size > 0) this.timer = setTimeout(this.look, LOOK_MS);
  };
}
