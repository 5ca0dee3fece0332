import { MAX_COUNT } from "../errors/list-bounds";
import type { Reads } from "../database/reads";
import { type CustomerGrants, isGranted } from "../database/scope";
import { and, name, placesFor, sql, type SqlValue } from "../database/sql";
import type { EventFilter } from "./event-filter";

/** A part of a statement with what its placeholders stand for. */
export interface Sql {
  text: string;
  values: SqlValue[];
}

/** How many events of an organization are kept that a filter wants; MAX_COUNT + 1 where there are more than MAX_COUNT. */
export async function countEvents(
  reads: Reads,
  organizationId: string,
  { types = [], customerId, grants }: EventFilter,
): Promise<number> {
  const granted = grants && isGranted(name("customerId"), grants);
  const conditions = [
    "organizationId = ?",
    ...(customerId === undefined ? [] : ["customerId = ?"]),
    ...(types.length === 0 ? [] : [`type IN ${placesFor(types.length)}`]),
    ...(granted ? [granted.text] : []),
  ];
  const found = `SELECT 1 AS one FROM event WHERE ${conditions.join(" AND ")} LIMIT ${MAX_COUNT + 1}`;
  const [row] = await reads.rows<{ count: number | string }>(
    `SELECT COUNT(*) AS count FROM (${found}) counted`,
    [
      organizationId,
      ...(customerId === undefined ? [] : [customerId]),
      ...types,
      ...(granted ? granted.values : []),
    ],
  );
  return Number(row?.count ?? 0);
}

/**
 * Joins the wanted events, at most `limit` and in no order, to their stream's head: cut to a page before they are joined,
 * because MariaDB would otherwise sort all that follow. A filter first finds their positions, in an index that holds
 * them in order, so a page costs what its own rows cost.
 */
export function joinWanted(
  family: Reads["family"],
  organizationId: string,
  after: number,
  limit: number,
  filter: EventFilter,
): Sql {
  if (filter.types === undefined && filter.customerId === undefined && !filter.grants) {
    const page = `SELECT * FROM event WHERE organizationId = ? AND position > ? ORDER BY position LIMIT ${limit}`;
    return { text: `LEFT JOIN (${page}) told ON 1 = 1`, values: [organizationId, after] };
  }
  const found = filter.grants
    ? grantedPositions(family, organizationId, after, limit, filter.grants, filter)
    : positions(family, organizationId, after, limit, filter);
  return {
    text: `LEFT JOIN (${found.text}) wanted ON 1 = 1
     LEFT JOIN event told ON told.organizationId = head.organizationId AND told.position = wanted.position`,
    values: found.values,
  };
}

/** The first positions after one of events about the customers of grants: all of theirs are found, and then put in order. */
function grantedPositions(
  family: Reads["family"],
  organizationId: string,
  after: number,
  limit: number,
  grants: CustomerGrants,
  { types, customerId }: EventFilter,
): Sql {
  const hint = family === "sqlite" ? `INDEXED BY ${BY_CUSTOMER}` : `FORCE INDEX (${BY_CUSTOMER})`;
  const isGrantedOne = isGranted(sql`event.customerId`, grants);
  const { text, values } = and(
    sql`WHERE event.organizationId = ${organizationId} AND event.position > ${after} AND ${isGrantedOne}`,
    customerId !== undefined && sql`event.customerId = ${customerId}`,
    types && sql`event.type IN ${types}`,
  );
  return {
    text: `SELECT event.position AS position FROM event ${hint} ${text} ORDER BY event.position LIMIT ${limit}`,
    values: [...values],
  };
}

const BY_CUSTOMER = "event_by_organization_id_customer_id_position";
const BY_CUSTOMER_AND_TYPE = "event_by_organization_id_customer_id_type_position";
const BY_TYPE = "event_by_organization_id_type_position";

/** The first positions after one that a filter wants: one range of an index for a customer, one for each type, merged. */
function positions(
  family: Reads["family"],
  organizationId: string,
  after: number,
  limit: number,
  { types, customerId }: EventFilter,
): Sql {
  const index = types === undefined ? BY_CUSTOMER : customerId === undefined ? BY_TYPE : BY_CUSTOMER_AND_TYPE;
  const hint = family === "sqlite" ? `INDEXED BY ${index}` : `FORCE INDEX (${index})`;
  const conditions = [
    "organizationId = ?",
    ...(customerId === undefined ? [] : ["customerId = ?"]),
    ...(types === undefined ? [] : ["type = ?"]),
    "position > ?",
  ];
  const range = `SELECT position FROM event ${hint} WHERE ${conditions.join(" AND ")} ORDER BY position LIMIT ${limit}`;
  const before = [organizationId, ...(customerId === undefined ? [] : [customerId])];
  if (types === undefined) return { text: range, values: [...before, after] };
  const each = types.map((_type, at) => `SELECT position FROM (${range}) range${at}`);
  return {
    // Cut here, so that only one page of whole rows is read behind it.
    text: `${each.join(" UNION ALL ")} ORDER BY position LIMIT ${limit}`,
    values: types.flatMap((type) => [...before, type, after]),
  };
}
