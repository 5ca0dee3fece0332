import { daysAfter, type Instant } from "../values/instant";
import type { Finding } from "../database/consistency-check";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";
import type { EventType } from "./event-map";

/** An event that must be in an organization's stream, because a row says that it happened. */
export interface ExpectedEvent {
  organizationId: string;
  customerId: string;
  type: EventType;
  /** The field of the event's payload that names the row, and the row's id. */
  about: [field: string, id: string];
  /** When it happened. */
  at: Instant;
  /** The row that says so. */
  table: string;
}

/** Clocks of nodes differ by less than this many days, so what is younger than the oldest kept event by more was not purged. */
const CLOCKS_DIFFER_DAYS = 0.01;

/** Finds those of a page of events that are missing although they are young enough to be kept. */
export async function missingEvents(reads: Reads, expected: readonly ExpectedEvent[]): Promise<Finding[]> {
  if (expected.length === 0) return [];
  const organizationIds = [...new Set(expected.map(({ organizationId }) => organizationId))];
  const keptSince = await readKeptSince(reads, organizationIds);
  const found = await readAbout(reads, organizationIds, expected);
  const missing = expected.filter(({ organizationId, type, about: [field, id], at }) => {
    const since = keptSince.get(organizationId);
    return since !== undefined && at > since && !found.has(keyOf(organizationId, type, field, id));
  });
  return missing.map(({ table, organizationId, type, about: [, id], at }) => ({
    table,
    id,
    problem: `the stream of ${organizationId} has no event ${type} about it`,
    expected: `the event of ${at}`,
  }));
}

const keyOf = (...parts: string[]) => parts.join(" ");

/** By organization the instant after which every event must be there; none where there is no head to say so. */
async function readKeptSince(reads: Reads, organizationIds: string[]): Promise<Map<string, Instant>> {
  const rows = await reads.rows<{
    organizationId: string;
    forgotten: number | string;
    oldestAt: string | null;
  }>(
    sql`SELECT head.organizationId AS organizationId, head.forgottenPosition AS forgotten, event.occurredAt AS oldestAt
      FROM organization_head head
      LEFT JOIN event ON event.organizationId = head.organizationId AND event.position = head.forgottenPosition + 1
      WHERE head.organizationId IN ${organizationIds}`,
  );
  const since = rows.map(({ organizationId, forgotten, oldestAt }): [string, Instant] => {
    if (Number(forgotten) === 0) return [organizationId, ""];
    // All of them were purged, or the stream has a gap, which another check finds.
    return [organizationId, oldestAt === null ? "9999" : daysAfter(oldestAt, CLOCKS_DIFFER_DAYS)];
  });
  return new Map(since);
}

async function readAbout(
  reads: Reads,
  organizationIds: string[],
  expected: readonly ExpectedEvent[],
): Promise<Set<string>> {
  const customerIds = [...new Set(expected.map(({ customerId }) => customerId))];
  const types = [...new Set(expected.map(({ type }) => type))];
  const rows = await reads.rows<{ organizationId: string; type: string; facts: string }>(
    sql`SELECT organizationId AS organizationId, type AS type, facts AS facts FROM event
      WHERE organizationId IN ${organizationIds} AND customerId IN ${customerIds} AND type IN ${types}`,
  );
  const fields = [...new Set(expected.map(({ about: [field] }) => field))];
  const keys = rows.flatMap(({ organizationId, type, facts }) => {
    const told = parsed(facts);
    return fields.map((field) => keyOf(organizationId, type, field, String(told[field])));
  });
  return new Set(keys);
}

/** What cannot be read tells of nothing. */
function parsed(facts: string): Record<string, unknown> {
  try {
    return JSON.parse(facts) as Record<string, unknown>;
  } catch {
    return {};
  }
}
