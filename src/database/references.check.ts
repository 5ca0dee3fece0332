import { type ConsistencyCheck, inPages } from "./consistency-check";
import type { Reads } from "./reads";
import { name, type Sql, sql } from "./sql";

/** A column that names rows of another table, or of one of two. */
interface Reference {
  table: string;
  /** The table's primary key. */
  key: [string, ...string[]];
  column: string;
  /** Tables and their keys, any one of which may have the row. */
  targets: [table: string, key: string][];
}

const ORGANIZATIONS: [string, string][] = [
  ["partner", "id"],
  ["customer", "id"],
];
const HEADS: [string, string][] = [["organization_head", "organizationId"]];

const GRANT_KEY: Reference["key"] = ["holderId", "permission", "customerId", "sourceId"];

const of = (table: string, column: string, ...targets: [string, string][]): Reference => {
  return { table, key: ["id"], column, targets };
};

/**
 * Every reference there is. Most are foreign keys too, which a database does not enforce while they are switched off, as
 * for a restore; the others only the program keeps.
 */
export const references: readonly Reference[] = [
  of("partner", "id", ...HEADS),
  of("customer", "id", ...HEADS),
  of("partnership", "providerId", ["partner", "id"]),
  of("partnership", "resellerId", ["partner", "id"]),
  of("user_account", "organizationId", ...ORGANIZATIONS),
  of("api_key", "organizationId", ...ORGANIZATIONS),
  { ...of("api_key_secret", "apiKeyId", ["api_key", "id"]), key: ["hash"] },
  of("invitation", "partnerId", ["partner", "id"]),
  of("invitation", "providerId", ["partner", "id"]),
  of("invitation", "customerId", ["customer", "id"]),
  of("reseller_relationship", "partnerId", ["partner", "id"]),
  of("reseller_relationship", "customerId", ["customer", "id"]),
  of("reseller_relationship", "invitationId", ["invitation", "id"]),
  of("subscription", "customerId", ["customer", "id"]),
  of("subscription", "partnerId", ["partner", "id"]),
  of("subscription", "resellerId", ["partner", "id"]),
  of("subscription", "offerId", ["offer", "id"]),
  of("webhook_endpoint", "organizationId", ...ORGANIZATIONS),
  of("webhook_endpoint", "grantHolderId", ["user_account", "id"]),
  of("webhook_delivery", "endpointId", ["webhook_endpoint", "id"]),
  { ...of("customer_grant", "holderId", ["user_account", "id"]), key: GRANT_KEY },
  { ...of("customer_grant", "customerId", ["customer", "id"]), key: GRANT_KEY },
  { ...of("organization_head", "organizationId", ...ORGANIZATIONS), key: ["organizationId"] },
  { ...of("event", "organizationId", ...HEADS), key: ["organizationId", "position"] },
  { ...of("activity_record", "organizationId", ...HEADS), key: ["organizationId", "sequence"] },
];

/** Finds rows that name a row which is not there. */
export const referenceCheck: ConsistencyCheck = {
  name: "references",
  async *run(reads) {
    for (const reference of references) {
      const looked = await reads.count(
        sql`FROM ${name(reference.table)} WHERE ${name(reference.column)} IS NOT NULL`,
      );
      yield { looked, findings: [] };
      yield* orphansOf(reads, reference);
    }
  },
};

type Row = Record<"id0" | "id1" | "target", string | number>;

async function* orphansOf(reads: Reads, { table, key, column, targets }: Reference) {
  const at = (field: string) => name(`source.${field}`);
  const [first, second] = key.map(at);
  const missing = targets.map(([target, targetKey]) => {
    const found = name(`target.${targetKey}`);
    return sql` AND NOT EXISTS (SELECT 1 FROM ${name(target)} target WHERE ${found} = ${at(column)})`;
  });
  const select = sql`SELECT ${first} AS id0, ${second ?? first} AS id1, ${at(column)} AS target
    FROM ${name(table)} source WHERE ${at(column)} IS NOT NULL${missing.reduce(joined)}`;
  const columns: [Sql, ...Sql[]] = second ? [first, second] : [first];
  const page = { columns, of: (row: Row) => [row.id0, row.id1] };
  const where = targets.map(([target]) => target).join(" or ");
  for await (const orphans of inPages<Row>(reads, select, page)) {
    const findings = orphans.map((row) => ({
      table,
      id: second ? `${row.id0} ${row.id1}` : String(row.id0),
      problem: `its ${column} is ${row.target}, which is not in ${where}`,
      expected: `a row of ${where}`,
    }));
    yield { looked: 0, findings };
  }
}

const joined = (one: Sql, other: Sql) => sql`${one}${other}`;
