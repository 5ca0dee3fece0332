import { normalizeTenantId } from "../values/tenant-id";
import type { ConsistencyCheck, Finding } from "./consistency-check";
import { name, sql } from "./sql";

/** A partner or customer with its tenant id, and who has the one spelling of that. */
interface Row {
  kind: "partner" | "customer";
  id: string;
  tenantId: string;
}

/** Those that may have another spelling than the one that is compared: few, so they are read at once. */
const CANDIDATES = `${["partner", "customer"]
  .map(
    (table) =>
      `SELECT '${table}' AS kind, id, tenantId FROM ${table} WHERE LOWER(tenantId) <> tenantId OR tenantId LIKE '{%'`,
  )
  .join(" UNION ALL ")} ORDER BY id`;

/**
 * Finds organizations whose tenant id is not in its one spelling, so that their users cannot sign in. The upgrade to 0.2.0 leaves
 * one as it is where another organization has that spelling already: which of the two is right, only people know.
 */
export async function misspelledTenantIds(query: (sql: string) => Promise<Row[]>): Promise<Finding[]> {
  const rows = await query(CANDIDATES);
  return rows
    .filter(({ tenantId }) => normalizeTenantId(tenantId) !== tenantId)
    .map(({ kind, id, tenantId }) => ({
      table: kind,
      id,
      problem: `its tenantId is ${tenantId}, and its users cannot sign in`,
      expected: `${normalizeTenantId(tenantId)}, if no other organization of the same tenant has it`,
    }));
}

/** Finds them for `npm run admin -- verify`. */
export const tenantIdCheck: ConsistencyCheck = {
  name: "tenant ids",
  async *run(reads) {
    for (const table of ["partner", "customer"])
      yield { looked: await reads.count(sql`FROM ${name(table)} WHERE 1 = 1`), findings: [] };
    yield { looked: 0, findings: await misspelledTenantIds((text) => reads.rows<Row>(text)) };
  },
};
