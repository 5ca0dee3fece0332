import type { Database } from "../../src/database/database";
import type { Reads } from "../../src/database/reads";

/** The columns that tell one row from another, by table: ids, and what must be unique. */
const TELLING: Record<string, string[]> = {
  partner: ["id", "tenantId"],
  partnership: ["id", "providerId", "resellerId"],
  customer: ["id", "tenantId", "domain"],
  user_account: ["id", "organizationId", "subject", "email"],
  offer: ["id", "catalogId", "nameKey"],
  invitation: ["id", "partnerId", "providerId", "customerId", "tokenHash", "pendingKey", "createdBy"],
  reseller_relationship: ["id", "partnerId", "customerId", "invitationId"],
  subscription: ["id", "partnerId", "resellerId", "customerId", "offerId"],
  organization_head: ["organizationId"],
  event: ["id", "organizationId", "customerId"],
  activity_record: ["id", "organizationId", "customerId", "actorId", "resourceId"],
  api_key: ["id", "organizationId", "createdBy"],
  api_key_secret: ["hash", "apiKeyId"],
  webhook_endpoint: ["id", "organizationId", "customerId", "createdBy"],
  webhook_delivery: ["id", "endpointId", "organizationId", "eventId"],
  idempotency_record: ["id"],
  customer_grant: ["holderId", "customerId", "sourceId"],
};

/** Of these a large organization has many: by which column they are its own, those that differ then, and what counts them. */
const WITHIN: Record<string, { side: string; differ: string[]; count?: string }> = {
  reseller_relationship: { side: "partnerId", differ: ["id", "customerId", "invitationId"] },
  subscription: { side: "partnerId", differ: ["id", "customerId"] },
  invitation: { side: "partnerId", differ: ["id", "customerId", "tokenHash", "pendingKey"] },
  event: { side: "organizationId", differ: ["id", "customerId"], count: "position" },
  activity_record: { side: "organizationId", differ: ["id", "customerId"], count: "sequence" },
  user_account: { side: "organizationId", differ: ["id", "subject", "email"] },
};

/**
 * Fills a MariaDB, in which a few organizations have a little of everything, with so many copies of all of it under other
 * ids, and one organization with copies of its own rows; then has the optimizer look at it. SQLite needs none of it: the
 * program never has it collect statistics, so its plans do not depend on what is stored.
 */
export async function multiply(database: Database, large: string, copies: number): Promise<void> {
  if (database.family === "sqlite") return;
  await database.read(async (reads) => {
    await reads.rows("SET SESSION foreign_key_checks = 0");
    for (const [table, differ] of Object.entries(TELLING)) await copy(reads, table, { differ, copies });
    for (const [table, { side, ...within }] of Object.entries(WITHIN))
      await copy(reads, table, { ...within, copies, where: `${side} = '${large}'` });
    await reads.rows("SET SESSION foreign_key_checks = 1");
    await reads.rows(`ANALYZE TABLE ${Object.keys(TELLING).join(", ")}`);
  });
}

interface Copies {
  differ: string[];
  copies: number;
  where?: string;
  count?: string;
}

async function copy(
  reads: Reads,
  table: string,
  { differ, copies, where = "1 = 1", count }: Copies,
): Promise<void> {
  const columns = await reads.rows<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
    [table],
  );
  const names = columns.map(({ name }) => name);
  const values = names.map((name) => {
    if (name === count) return `${name} + seq * 1000000`;
    return differ.includes(name)
      ? `CONCAT(LEFT(${name}, CHAR_LENGTH(${name}) - 6), LPAD(seq, 6, '0'))`
      : name;
  });
  await reads.rows(
    `INSERT IGNORE INTO ${table} (${names.join(", ")})
     SELECT ${values.join(", ")} FROM (SELECT * FROM ${table} WHERE ${where}) original, seq_1_to_${copies}`,
  );
}
