import type { Worker } from "node:cluster";
import type { Charge, LedgerName } from "../limits/budget";

/** What a worker says to the primary. */
export type FromWorker =
  | { kind: "up"; url: string }
  | { kind: "refused"; why: string }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charge"; id: number; ledger: LedgerName; key: string; points: number }
  | { kind: "figures"; id: number; figures: object[] };

/** What the primary says to a worker. */
export type FromPrimary =
  | { kind: "stop" }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charged"; id: number; charge: Charge }
  | { kind: "figures"; id: number };

/** Says something to a worker. Always with a callback: without one, Node throws when the worker is gone. */
export function tell(worker: Worker, message: FromPrimary, done: () => void = () => undefined): void {
  worker.send(message, done);
}
