import type { Worker } from "node:cluster";
import { setTimeout as pause } from "node:timers/promises";
import { tell } from "./messages";

/** A worker that takes longer is left out, so that one that hangs does not hide the others. */
const PATIENCE_MS = 1_000;

/** Asks workers what they have counted. */
export class WorkersFigures {
  private readonly asked = new Map<number, (figures: object[]) => void>();
  private lastAsked = 0;

  /** The figures of those that answer in time. */
  async ask(workers: Worker[]): Promise<object[][]> {
    return (await Promise.all(workers.map((worker) => this.askOne(worker)))).filter(
      (figures) => figures.length > 0,
    );
  }

  /** A worker has answered. */
  heard(id: number, figures: object[]): void {
    this.asked.get(id)?.(figures);
  }

  private async askOne(worker: Worker): Promise<object[]> {
    const id = ++this.lastAsked;
    const answered = new Promise<object[]>((resolve) => this.asked.set(id, resolve));
    tell(worker, { kind: "figures", id });
    const patience = new AbortController();
    const tooLate = pause(PATIENCE_MS, [], { signal: patience.signal }).catch(() => []);
    const figures = await Promise.race([answered, tooLate]);
    patience.abort();
    this.asked.delete(id);
    return figures;
  }
}
