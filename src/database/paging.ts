import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";
import { generalErrors } from "../errors/general.errors";

/** Which part of a list is wanted: the `first` rows after a cursor. */
export interface PageRequest {
  /** 1 to 500. */
  first: number;
  /** A cursor that the same list gave out. */
  after?: string | null;
}

/** An order that an index serves: the sort column, then the id as tie breaker. */
export interface KeysetOrder {
  /** Names the order inside cursors, so that one of another order is refused. */
  name: string;
  /** SQL expression of the sort column; equal to `id` when the list is in order of making. */
  column: string;
  /** SQL expression of the tie breaker. */
  id: string;
  direction: "ASC" | "DESC";
}

/** One page of a list. `totalCount` is a query of its own, made when it is read. */
export interface Page<Row> {
  nodes: Row[];
  edges: { node: Row; cursor: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  readonly totalCount: Promise<number>;
}

type Key = [value: string | number, id: string];

/**
 * Restricts a select to one page: the condition after the cursor, the order, and one row more than asked for, which
 * tells whether there is a next page. Any page costs what the first one does.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
export function keyset<Row extends ObjectLiteral>(
  select: SelectQueryBuilder<Row>,
  order: KeysetOrder,
  page: PageRequest,
): SelectQueryBuilder<Row> {
  if (typeof page.after === "string") {
    const [value, id] = decodeCursor(order, page.after);
    const beyond = order.direction === "ASC" ? ">" : "<";
    if (order.column === order.id) select.andWhere(`${order.id} ${beyond} :afterId`, { afterId: id });
    else {
      // The first comparison alone lets the index range start at the cursor; the second one breaks ties.
      select.andWhere(
        `${order.column} ${beyond}= :afterValue AND (${order.column} ${beyond} :afterValue OR ${order.id} ${beyond} :afterId)`,
        { afterValue: value, afterId: id },
      );
    }
  }
  select.orderBy(order.column, order.direction);
  if (order.column !== order.id) select.addOrderBy(order.id, order.direction);
  return select.limit(page.first + 1);
}

/** Makes a page of the rows that a keyset select found, and of a way to count the whole list. */
export function pageOf<Row>(
  rows: Row[],
  order: KeysetOrder,
  request: PageRequest,
  keyOf: (row: Row) => Key,
  count: () => Promise<number>,
): Page<Row> {
  const nodes = rows.slice(0, request.first);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(order, keyOf(node)) }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > request.first,
      hasPreviousPage: Boolean(request.after),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges[edges.length - 1]?.cursor ?? null,
    },
    get totalCount() {
      return count();
    },
  };
}

/**
 * The id that a cursor of a list in order of making stands after; nothing without a cursor.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
export function lastIdBefore(order: KeysetOrder, after: string | null | undefined): string | undefined {
  return typeof after === "string" ? decodeCursor(order, after)[1] : undefined;
}

function encodeCursor(order: KeysetOrder, key: Key): string {
  return Buffer.from(JSON.stringify([order.name, ...key])).toString("base64url");
}

function decodeCursor(order: KeysetOrder, cursor: string): Key {
  try {
    const [name, value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown[];
    const isKey = (typeof value === "string" || typeof value === "number") && typeof id === "string";
    if (name === order.name && isKey) return [value, id];
  } catch {
    // Not even JSON: refused below like any other text that is no cursor.
  }
  throw generalErrors.CURSOR_INVALID(
    "`after` is not a cursor of this list in this order. Leave it out to start from the beginning.",
    { field: "after" },
  );
}
