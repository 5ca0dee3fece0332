import type { Reads } from "../database/reads";
import type { SqlValue } from "../database/sql";
import type { EventFilter } from "./event-filter";

/** A part of a statement with what its placeholders stand for. */
export interface Sql {
  text: string;
  values: SqlValue[];
}

/** How many events of an organization are kept that a filter wants. */
export async function countEvents(
  reads: Reads,
  organizationId: string,
  { types = [], customerId }: EventFilter,
): Promise<number> {
  const conditions = [
    "organizationId = ?",
    ...(customerId === undefined ? [] : ["customerId = ?"]),
    ...(types.length === 0 ? [] : [`type IN (${types.map(() => "?").join(", ")})`]),
  ];
  const [row] = await reads.rows<{ count: number | string }>(
    `SELECT COUNT(*) AS count FROM event WHERE ${conditions.join(" AND ")}`,
    [organizationId, ...(customerId === undefined ? [] : [customerId]), ...types],
  );
  return Number(row?.count ?? 0);
}

/**
 * Joins the wanted events, at most `limit` and in no order, to their stream's head: cut to a page before they are joined,
 * because MariaDB would otherwise sort all that follow. A filter first finds their positions, in an index that holds
 * them in order: one range for a customer, one for each type, merged. So a page costs what its own rows cost.
 */
export function joinWanted(
  family: Reads["family"],
  organizationId: string,
  after: number,
  limit: number,
  { types, customerId }: EventFilter,
): Sql {
  if (types === undefined && customerId === undefined) {
    const page = `SELECT * FROM event WHERE organizationId = ? AND position > ? ORDER BY position LIMIT ${limit}`;
    return { text: `LEFT JOIN (${page}) told ON 1 = 1`, values: [organizationId, after] };
  }
  const range = (index: string, condition: string) =>
    `SELECT position FROM event ${family === "sqlite" ? `INDEXED BY ${index}` : `FORCE INDEX (${index})`}
     WHERE organizationId = ? AND ${condition} AND position > ? ORDER BY position LIMIT ${limit}`;
  const found: Sql =
    customerId === undefined
      ? merged(
          (types ?? []).map(() => range(BY_TYPE, "type = ?")),
          (types ?? []).flatMap((type) => [organizationId, type, after]),
          limit,
        )
      : {
          text: range(BY_CUSTOMER, `customerId = ?${types ? ` AND type IN (${places(types)})` : ""}`),
          values: [organizationId, customerId, ...(types ?? []), after],
        };
  return {
    text: `LEFT JOIN (${found.text}) wanted ON 1 = 1
     LEFT JOIN event told ON told.organizationId = head.organizationId AND told.position = wanted.position`,
    values: found.values,
  };
}

const BY_CUSTOMER = "event_by_organization_id_customer_id_position";
const BY_TYPE = "event_by_organization_id_type_position";

function merged(ranges: string[], values: SqlValue[], limit: number): Sql {
  const each = ranges.map((range, at) => `SELECT position FROM (${range}) range${at}`);
  // Cut here, so that only one page of whole rows is read behind it.
  return { text: `${each.join(" UNION ALL ")} ORDER BY position LIMIT ${limit}`, values };
}

function places(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}
