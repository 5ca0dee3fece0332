import type { Worker } from "node:cluster";
import type { Charge, LedgerName } from "../transport/limits/budget";

/** One window of one caller, which ends at `until`, in milliseconds since 1970 by the clock of the machine. */
export interface WindowName {
  ledger: LedgerName;
  key: string;
  until: number;
}

/** Points of one window that a worker may spend without asking. */
export interface Hand {
  points: number;
  until: number;
}

/** A charge that a worker asks the primary for. */
export interface Asked {
  ledger: LedgerName;
  key: string;
  points: number;
  /** What the worker holds; without it, it is lent nothing. */
  hand?: Hand;
}

/** What a charge came to, and what its worker is lent on top of what it holds. */
export interface Answer extends Charge {
  lent: Hand;
}

/** What a worker says to the primary. */
export type FromWorker =
  | { kind: "up"; url: string }
  | { kind: "refused"; why: string }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charge"; id: number; asked: Asked }
  | { kind: "back"; window: WindowName; points: number }
  | { kind: "figures"; id: number; figures: object[] };

/** What the primary says to a worker. */
export type FromPrimary =
  | { kind: "stop" }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charged"; id: number; answer: Answer }
  | { kind: "callBack"; window: WindowName }
  | { kind: "figures"; id: number };

/** Says something to a worker. Always with a callback: without one, Node throws when the worker is gone. */
export function tell(worker: Worker, message: FromPrimary, done: () => void = () => undefined): void {
  worker.send(message, done);
}
