import type { Charge, LedgerName } from "../limits/budget";

/** What a worker says to the primary. */
export type FromWorker =
  | { kind: "up"; url: string }
  | { kind: "refused"; why: string }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charge"; id: number; ledger: LedgerName; key: string; points: number };

/** What the primary says to a worker. */
export type FromPrimary =
  | { kind: "stop" }
  | { kind: "ring"; organizationIds: string[] }
  | { kind: "charged"; id: number; charge: Charge };
