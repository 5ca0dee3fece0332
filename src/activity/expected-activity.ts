import type { ActivityResource } from "../../entities/activity/activity-record";
import type { Instant } from "../values/instant";
import type { Finding } from "../database/consistency-check";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";

/** A record that must be in an organization's activity log, because a row says that it was changed. */
export interface ExpectedActivity {
  organizationId: string;
  customerId: string;
  resource: ActivityResource;
  resourceId: string;
  /** When it was changed. */
  at: Instant;
  /** The row that says so. */
  table: string;
}

/** Finds those of a page of records that are missing. */
export async function missingActivity(
  reads: Reads,
  expected: readonly ExpectedActivity[],
): Promise<Finding[]> {
  if (expected.length === 0) return [];
  const each = (pick: (one: ExpectedActivity) => string) => [...new Set(expected.map(pick))];
  const rows = await reads.rows<
    Record<"organizationId" | "resourceType" | "resourceId" | "occurredAt", string>
  >(
    sql`SELECT organizationId AS organizationId, resourceType AS resourceType, resourceId AS resourceId, occurredAt AS occurredAt
      FROM activity_record WHERE organizationId IN ${each((one) => one.organizationId)}
        AND customerId IN ${each((one) => one.customerId)} AND occurredAt IN ${each((one) => one.at)}
        AND outcome = 'SUCCEEDED'`,
  );
  const keyOf = (...parts: string[]) => parts.join(" ");
  const found = new Set(
    rows.map((row) => keyOf(row.organizationId, row.resourceType, row.resourceId, row.occurredAt)),
  );
  const missing = expected.filter(
    ({ organizationId, resource, resourceId, at }) =>
      !found.has(keyOf(organizationId, resource, resourceId, at)),
  );
  return missing.map(({ table, resourceId, organizationId, at }) => ({
    table,
    id: resourceId,
    problem: `the activity log of ${organizationId} has no record of its change`,
    expected: `a record of ${at}`,
  }));
}
