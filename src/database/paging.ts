import type { EntityTarget } from "typeorm";
import type { UseCaseContext } from "../context/use-case-context";
import { generalErrors } from "../errors/general.errors";
import { counting, type WholeList } from "./row-counts";
import { decodeUtf8, hasLoneSurrogate } from "../values/utf8";
import { and, limit, name, type Sql, sql, union } from "./sql";

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
  /** Name of the sort column; equal to `id` when the list is in order of making. */
  column: string;
  /** Name of the tie breaker. */
  id: string;
  direction: "ASC" | "DESC";
}

/** One page of a list. Cursors are made when they are read; `totalCount` is a query of its own, made when it is read. */
export interface Page<Row> {
  nodes: Row[];
  readonly edges: { node: Row; cursor: string }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: Promise<number>;
}

/** No cursor that is given out is longer: 200 characters of a search key, and an id, in base64. */
const MAX_CURSOR_LENGTH = 2_000;

type Key = [value: string, id: string];

/**
 * Restricts a select to one page: the condition after the cursor, the order, and one row more than asked for, which
 * tells whether there is a next page. Any page costs what the first one does.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
export function keyset(select: Sql, order: KeysetOrder, page: PageRequest): Sql {
  const { column, id } = { column: name(order.column), id: name(order.id) };
  const isByAge = order.column === order.id;
  const ascending = order.direction === "ASC";
  let found = select;
  if (typeof page.after === "string") {
    const [value, after] = decodeCursor(order, page.after);
    const beyond = ascending ? sql`>` : sql`<`;
    // The first comparison alone lets the index range start at the cursor; the second one breaks ties.
    const tie = sql`${column} ${beyond}= ${value} AND (${column} ${beyond} ${value} OR ${id} ${beyond} ${after})`;
    found = and(select, isByAge ? sql`${id} ${beyond} ${after}` : tie);
  }
  const direction = ascending ? sql`ASC` : sql`DESC`;
  const sorted = isByAge ? sql`${id} ${direction}` : sql`${column} ${direction}, ${id} ${direction}`;
  return sql`${found} ORDER BY ${sorted}${limit(page.first + 1)}`;
}

/**
 * A select of one page of a table's rows that lie in several ranges of indexes, each from FROM to its WHERE clause: takes a
 * page of ids from each and merges them, where one condition for all would read all of them. A row of two ranges is there
 * once. For lists in order of making only.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
function merged(table: Sql, ranges: readonly Sql[], order: KeysetOrder, page: PageRequest): Sql {
  const direction = order.direction === "ASC" ? sql`ASC` : sql`DESC`;
  const ids = ranges.map(
    (range, at) => sql`SELECT id FROM (SELECT id ${keyset(range, order, page)}) ${name(`range${at}`)}`,
  );
  return sql`FROM (${union(ids)} ORDER BY id ${direction}${limit(page.first + 1)}) page
    JOIN ${table} ON ${table}.id = page.id ORDER BY page.id ${direction}`;
}

/** Which page of a list, and how the list is found, counted and sorted where not by what is usual. */
export interface WantedPage<Row> {
  page: PageRequest;
  /** Names the list whose count is kept, where it is one. */
  whole?: WholeList;
  /** Ranges of indexes that have the list's rows between them, for a list that is not one range. */
  ranges?: readonly Sql[];
  /** What a row is sorted by; its id where that is absent. */
  keyOf?: (row: Row) => Key;
}

/** Reads one page of whole rows of one table; `from`, by which they are counted, begins with FROM and ends in its WHERE clause. */
export async function readPage<Row extends { id: string }>(
  ctx: Pick<UseCaseContext, "actor" | "read">,
  entity: EntityTarget<Row>,
  from: Sql,
  order: KeysetOrder,
  { page, whole, ranges = [from], keyOf = ({ id }) => [id, id] }: WantedPage<Row>,
): Promise<Page<Row>> {
  const [first = from, ...others] = ranges;
  const rows = await ctx.read((reads) => {
    const isOne = others.length === 0;
    const select = isOne ? keyset(first, order, page) : merged(reads.tableOf(entity), ranges, order, page);
    return reads.all(entity, select);
  });
  const count = counting(ctx, whole, (reads) => reads.count(from));
  return pageOf(rows, order, page, keyOf, count);
}

/** Makes a page of the rows that a keyset select found, and of a way to count the whole list. */
export function pageOf<Row>(
  rows: Row[],
  order: KeysetOrder,
  request: PageRequest,
  keyOf: (row: Row) => Key,
  count: () => Promise<number>,
): Page<Row> {
  return new FoundPage(rows, order, request, keyOf, count);
}

/** A class, since getters of an object's own cost more than all else of a page: a list has one for each of its rows. */
class FoundPage<Row> implements Page<Row> {
  readonly nodes: Row[];

  constructor(
    private readonly rows: Row[],
    private readonly order: KeysetOrder,
    private readonly request: PageRequest,
    private readonly keyOf: (row: Row) => Key,
    private readonly count: () => Promise<number>,
  ) {
    this.nodes = rows.length > request.first ? rows.slice(0, request.first) : rows;
  }

  get edges() {
    return this.nodes.map((node) => ({ node, cursor: encodeCursor(this.order, this.keyOf(node)) }));
  }

  get pageInfo() {
    const cursorOf = (row: Row | undefined) =>
      row === undefined ? null : encodeCursor(this.order, this.keyOf(row));
    const { nodes, rows, request } = this;
    return {
      hasNextPage: rows.length > request.first,
      hasPreviousPage: Boolean(request.after),
      get startCursor() {
        return cursorOf(nodes[0]);
      },
      get endCursor() {
        return cursorOf(nodes[nodes.length - 1]);
      },
    };
  }

  get totalCount() {
    return this.count();
  }
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
    const text = cursor.length > MAX_CURSOR_LENGTH ? "[]" : decodeUtf8(Buffer.from(cursor, "base64url"));
    const [name, value, id] = JSON.parse(text) as unknown[];
    // A number would be compared with the column's text in another way by each database.
    if (name === order.name && isKeyText(value) && isKeyText(id)) return [value, id];
  } catch {
    // Not even JSON: refused below like any other text that is no cursor.
  }
  throw generalErrors.CURSOR_INVALID(
    "`after` is not a cursor of this list in this order. Leave it out to start from the beginning.",
    { field: "after" },
  );
}

/** Sort columns and ids hold text, which begins and ends without a space and has no control character. */
function isKeyText(value: unknown): value is string {
  return (
    typeof value === "string" && value === value.trim() && !/\p{Cc}/u.test(value) && !hasLoneSurrogate(value)
  );
}
