import { createHash } from "node:crypto";
import { searchKey } from "../../src/database/search-key";
import type { SqlValue } from "../../src/database/sql";
import { quickId } from "./ids";
import type { Run } from "./sql";
import type { Head } from "./stream";

/** One record of one organization's activity log, before it has its place. */
export interface Deed {
  organizationId: string;
  operation: string;
  resourceType: string;
  resourceId: string;
  customerId: string;
  customerName: string;
  /** Their members in the order of their names, as the hash wants them. */
  oldValues: object | null;
  newValues: object | null;
}

const BY = "reference";
const COLUMNS = [
  ...["organizationId", "sequence", "id", "occurredAt", "actorId", "actorName", "operation", "outcome"],
  ...[
    "errorCode",
    "resourceType",
    "resourceId",
    "customerId",
    "customerName",
    "customerNameKey",
    "oldValues",
  ],
  ...["newValues", "requestId", "previousHash", "hash"],
];
const PLACES = `(${COLUMNS.map(() => "?").join(", ")})`;

/** Writes records of the activity log with one statement, chained by hashes as docs/activity-log.md says. */
export async function writeActivity(
  run: Run,
  heads: Map<string, Head>,
  deeds: Deed[],
  now: string,
): Promise<void> {
  const values = deeds.flatMap((deed) => {
    const head = heads.get(deed.organizationId);
    if (!head) throw new Error(`${deed.organizationId} has no activity log`);
    return place(deed, head, now);
  });
  await run.change(
    `INSERT INTO activity_record (${COLUMNS.join(", ")}) VALUES ${deeds.map(() => PLACES).join(", ")}`,
    values,
  );
}

function place(deed: Deed, head: Head, now: string): SqlValue[] {
  const { organizationId, operation, resourceType, resourceId, customerId, customerName } = deed;
  const { oldValues, newValues } = deed;
  const id = quickId("act");
  const sequence = head.lastSequence + 1;
  const previousHash = head.lastHash;
  // The members in the order of their names: what the hash covers needs no sorting here.
  const text = JSON.stringify({
    ...{ actorId: BY, actorName: BY, customerId, customerName, errorCode: null, id, newValues },
    ...{ occurredAt: now, oldValues, operation, organizationId, outcome: "SUCCEEDED", requestId: BY },
    ...{ resourceId, resourceType, sequence },
  });
  const hash = createHash("sha256").update(`${previousHash}\n${text}`).digest("hex");
  head.lastSequence = sequence;
  head.lastHash = hash;
  const stored = (value: object | null) => value && JSON.stringify(value);
  return [
    ...[organizationId, sequence, id, now, BY, BY, operation, "SUCCEEDED", null, resourceType, resourceId],
    ...[customerId, customerName, searchKey(customerName), stored(oldValues), stored(newValues), BY],
    ...[previousHash, hash],
  ];
}
