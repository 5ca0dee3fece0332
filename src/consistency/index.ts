import { contributed, contributions } from "../areas";
import { activityCheck, activityReferences } from "../activity/activity.check";
import type { ConsistencyCheck, Finding } from "../database/consistency-check";
import type { Reads } from "../database/reads";
import { type Reference, referenceCheck } from "../database/references.check";
import { eventReferences, streamCheck } from "../events/stream.check";
import { rowCountCheck } from "../unit-of-work/cached-counts.check";
import { idempotencyCheck } from "../unit-of-work/idempotency.check";

/** Every column that names a row. */
export const references: readonly Reference[] = [
  ...contributed("references"),
  ...eventReferences,
  ...activityReferences,
];

/** Every check there is, in the order in which they run: references, what the areas contribute, and the mechanisms that they share. */
export const consistencyChecks: readonly ConsistencyCheck[] = [
  referenceCheck(references),
  ...contributed("checks"),
  rowCountCheck(contributions.auditedRows),
  streamCheck,
  activityCheck,
  idempotencyCheck,
];

/** What one check came to. */
export interface CheckReport {
  name: string;
  /** How many rows it compared. */
  looked: number;
  found: number;
}

/**
 * Runs every check, or those that are given, tells each finding as soon as it is known, and gives a report for each check. The reads must be of one
 * instant; see `Database.snapshot`.
 */
export async function* verifyDatabase(
  reads: Reads,
  onFinding: (finding: Finding) => void,
  checks = consistencyChecks,
): AsyncGenerator<CheckReport, void> {
  for (const check of checks) {
    const report: CheckReport = { name: check.name, looked: 0, found: 0 };
    for await (const { looked, findings } of check.run(reads)) {
      report.looked += looked;
      report.found += findings.length;
      findings.forEach(onFinding);
    }
    yield report;
  }
}
