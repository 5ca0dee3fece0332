import type { IdempotencyRecord } from "../../entities/database/idempotency-record";
import { daysAfter } from "../values/instant";
import { type ConsistencyCheck, type Finding, inPages, problemsOf } from "../database/consistency-check";
import { REMEMBERED_DAYS } from "../unit-of-work/idempotency";
import type { Reads } from "../database/reads";
import { sql } from "../database/sql";

type Row = Pick<IdempotencyRecord, "id" | "operation" | "inputHash" | "sealedResult" | "expiresAt">;

const TABLE = "idempotency_record";

const SELECT = sql`SELECT id AS id, operation AS operation, inputHash AS inputHash, sealedResult AS sealedResult,
    expiresAt AS expiresAt FROM idempotency_record WHERE 1 = 1`;

const HASH = /^[0-9a-f]{64}$/;

/** Nonce, tag and at least `{}`. */
const SHORTEST_SEALED_BYTES = 12 + 16 + 2;

/** What always makes a row that the activity log tells of, in the same transaction. */
const CREATING = [
  "createApiKey",
  "createCustomer",
  "createSubscription",
  "createUser",
  "createWebhookEndpoint",
  "inviteCustomer",
];

/**
 * Compares the stored results of calls with an idempotency key with what those calls did. A result is sealed with the
 * caller's key, so it cannot be opened here; but a call that created something left an activity record of the same instant.
 */
export const idempotencyCheck: ConsistencyCheck = {
  name: "idempotency records",
  async *run(reads) {
    const key = { columns: [sql`expiresAt`, sql`id`] as const, of: (row: Row) => [row.expiresAt, row.id] };
    for await (const page of inPages<Row>(reads, SELECT, key)) {
      const findings = [...page.flatMap(formProblems), ...(await withoutEffect(reads, page))];
      yield { looked: page.length, findings };
    }
  },
};

function formProblems({ id, inputHash, sealedResult }: Row): Finding[] {
  const sealedBytes = Buffer.from(sealedResult ?? "", "base64").length;
  return problemsOf(
    TABLE,
    id,
    [!HASH.test(id), "its id is no hash", "SHA-256, hexadecimal"],
    [!HASH.test(inputHash), "its inputHash is no hash", "SHA-256, hexadecimal"],
    [
      sealedResult === null,
      "it has no result",
      "the sealed result, written in the transaction of its effect",
    ],
    [
      sealedResult !== null && sealedBytes < SHORTEST_SEALED_BYTES,
      "its result was cut off",
      "a sealed result",
    ],
  );
}

async function withoutEffect(reads: Reads, page: readonly Row[]): Promise<Finding[]> {
  const creating = page.filter(({ operation }) => CREATING.includes(operation));
  if (creating.length === 0) return [];
  const calls = creating.map(({ id, operation, expiresAt }) => ({
    ...{ id, operation },
    at: daysAfter(expiresAt, -REMEMBERED_DAYS),
  }));
  const instants = calls.map(({ at }) => at).sort();
  // By way of the heads, because the log's indexes begin with the organization.
  const rows = await reads.rows<{ operation: string; occurredAt: string }>(
    sql`SELECT DISTINCT record.operation AS operation, record.occurredAt AS occurredAt
      FROM organization_head head JOIN activity_record record ON record.organizationId = head.organizationId
      WHERE record.operation IN ${CREATING} AND record.outcome = 'SUCCEEDED'
        AND record.occurredAt >= ${instants[0]} AND record.occurredAt <= ${instants[instants.length - 1]}`,
  );
  const told = new Set(rows.map(({ operation, occurredAt }) => `${operation} ${occurredAt}`));
  return calls
    .filter(({ operation, at }) => !told.has(`${operation} ${at}`))
    .map(({ id, operation, at }) => ({
      ...{ table: TABLE, id },
      problem: `it holds the result of ${operation} at ${at}, which left nothing in the activity log`,
      expected: "no result without its effect",
    }));
}
