import type { MigrationInterface, QueryRunner } from "typeorm";

type Organization = Record<"id" | "tenantId" | "cloud", string>;

const GUID = /^\{?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\}?$/i;

/** Every row whose tenant id may be a GUID in another spelling than in lower case without braces. */
const CANDIDATES = "WHERE LOWER(tenantId) <> tenantId OR tenantId LIKE '{%' ORDER BY id";

/**
 * Gives tenant ids that are GUIDs one spelling. A row stays as it is where an organization has that spelling already; the
 * start that migrates names it, and so does `npm run admin -- verify`.
 */
async function normalizeTenantIds(runner: QueryRunner): Promise<void> {
  for (const table of ["partner", "customer"]) {
    const rows = (await runner.query(
      `SELECT id, tenantId, cloud FROM ${table} ${CANDIDATES}`,
    )) as Organization[];
    for (const { id, tenantId, cloud } of rows) {
      const guid = GUID.exec(tenantId)?.[1]?.toLowerCase();
      if (guid === undefined || guid === tenantId) continue;
      const partners = (await runner.query("SELECT id FROM partner WHERE tenantId = ?", [guid])) as object[];
      const customers = (await runner.query("SELECT id FROM customer WHERE tenantId = ? AND cloud = ?", [
        guid,
        cloud,
      ])) as object[];
      if (partners.length + customers.length > 0) continue;
      await runner.query(`UPDATE ${table} SET tenantId = ? WHERE id = ?`, [guid, id]);
    }
  }
}

/** NormalizeTenantIds: moves data, and changes no table. */
export class NormalizeTenantIds1796041200000 implements MigrationInterface {
  readonly name = "NormalizeTenantIds1796041200000";

  async up(runner: QueryRunner): Promise<void> {
    await normalizeTenantIds(runner);
  }

  async down(): Promise<void> {
    // The spelling that was there before is not kept, and the one that is there means the same.
  }
}
