import type { Database } from "../src/database/database";

/** The id of the partner with this tenant id, as the demo made it. */
export async function findOrganization(database: Database, tenantId: string): Promise<string> {
  const rows = await database.read((reads) =>
    reads.rows<{ id: string }>("SELECT id FROM partner WHERE tenantId = ?", [tenantId]),
  );
  const [found] = rows;
  if (!found) throw new Error("the demo's partner is not there");
  return found.id;
}
