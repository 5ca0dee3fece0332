import { activityCheck } from "../activity/activity.check";
import type { ConsistencyCheck, Finding } from "../database/consistency-check";
import { idempotencyCheck } from "../unit-of-work/idempotency.check";
import type { Reads } from "../database/reads";
import { referenceCheck } from "../database/references.check";
import { tenantIdCheck } from "../database/tenant-ids.check";
import { rowCountCheck } from "../unit-of-work/cached-counts.check";
import { streamCheck } from "../events/stream.check";
import { invitationCheck } from "../invitations";
import { relationshipCheck } from "../relationships";
import { subscriptionCheck } from "../subscriptions";
import { webhookCheck } from "../webhooks";

/** Every check there is, in the order in which they run. */
export const consistencyChecks: readonly ConsistencyCheck[] = [
  referenceCheck,
  tenantIdCheck,
  invitationCheck,
  relationshipCheck,
  subscriptionCheck,
  rowCountCheck,
  streamCheck,
  activityCheck,
  webhookCheck,
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
