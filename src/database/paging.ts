import type { EntityTarget } from "typeorm";
import { MAX_COUNT } from "../errors/list-bounds";
import { decodeCursor, encodeCursor } from "./cursor";
import {
  atMost,
  beyond,
  boundOfCandidates,
  type Key,
  type KeysetOrder,
  MAX_CANDIDATES,
  sorting,
} from "./keyset-order";
import type { ReadAccess, Reads } from "./reads";
import { and, limit, name, type Sql, sql, union } from "./sql";

export type { KeysetOrder } from "./keyset-order";

/** Which part of a list is wanted: the `first` rows after a cursor. */
export interface PageRequest {
  /** 1 to 500. */
  first: number;
  /** A cursor that the same list gave out. */
  after?: string | null;
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
  /** At most MAX_COUNT + 1, unless the count is kept; null where too many rows would have to be looked at. */
  readonly totalCount: Promise<number | null>;
}

/** The same page with each row changed; cursors and counts stay as they are. */
export function mapPage<Row, Other>(page: Page<Row>, change: (row: Row) => Other): Page<Other> {
  const nodes = page.nodes.map(change);
  return {
    nodes,
    get edges() {
      return page.edges.map(({ cursor }, at) => ({ node: nodes[at], cursor }));
    },
    pageInfo: page.pageInfo,
    get totalCount() {
      return page.totalCount;
    },
  };
}

/**
 * Restricts a select to one page: the condition after the cursor, the order, and one row more than asked for, which
 * tells whether there is a next page. Any page costs what the first one does.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
export function keyset(select: Sql, order: KeysetOrder, page: PageRequest): Sql {
  return sql`${afterCursor(select, order, page)}${sorting(order)}${limit(page.first + 1)}`;
}

/** Narrows a select to what comes after the page's cursor. */
function afterCursor(select: Sql, order: KeysetOrder, page: PageRequest): Sql {
  return typeof page.after === "string"
    ? and(select, beyond(order, decodeCursor(order, page.after)))
    : select;
}

/**
 * A select of one page of a table's rows that lie in several ranges of indexes, each from FROM to its WHERE clause: takes a
 * page of keys from each and merges them, where one condition for all would read all of them. A row of two ranges is there
 * once.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
function merged(
  table: Sql,
  ranges: readonly Sql[],
  order: KeysetOrder,
  page: PageRequest,
  within: Sql | undefined,
): Sql {
  const isByAge = order.column === order.id;
  const key = isByAge ? sql`id` : sql`${name(order.column)}, id`;
  const keys = ranges.map(
    (range, at) =>
      sql`SELECT ${key} FROM (SELECT ${key} ${keyset(range, order, page)}) ${name(`range${at}`)}`,
  );
  const rows = and(sql`${table}.id = page.id`, within);
  const found = sql`FROM (${union(keys)}${sorting(order)}${limit(page.first + 1)}) page JOIN ${table} ON ${rows}`;
  return sql`${found}${sorting({ ...order, column: `page.${order.column}`, id: "page.id" })}`;
}

/** Which page of a list, and how the list is found, counted and sorted where not by what is usual. */
export interface WantedPage<Row> {
  page: PageRequest;
  /** Reads the list's length where it is kept; the list is counted when absent. */
  cachedCount?: () => Promise<number | null>;
  /**
   * A condition that the index of the ranges does not hold. Of one page at most MAX_CANDIDATES rows are then looked at, so
   * that it may be shorter than asked for and yet not the last one.
   */
  rest?: Sql;
  /** What a row is sorted by; its id where that is absent. */
  keyOf?: (row: Row) => Key;
  /** A condition on the table that finds a row together with its id, where the id alone is not the key of an index. */
  within?: Sql;
}

/**
 * Reads one page of whole rows of one table that lie in these ranges of indexes: one or more, each from FROM to its WHERE
 * clause.
 * @throws CURSOR_INVALID the cursor is not of this list in this order
 */
export async function readPage<Row extends { id: string }>(
  ctx: ReadAccess,
  entity: EntityTarget<Row>,
  ranges: readonly [Sql, ...Sql[]],
  order: KeysetOrder,
  { page, cachedCount, rest, within, keyOf = ({ id }) => [id, id] }: WantedPage<Row>,
): Promise<Page<Row>> {
  const { rows, stoppedAt } = await ctx.read((reads) =>
    readFiltered(reads, ranges, order, { page, rest }, ([first, ...others]) => {
      const isOne = others.length === 0;
      const all = [first, ...others];
      const select = isOne
        ? keyset(first, order, page)
        : merged(reads.tableOf(entity), all, order, page, within);
      return reads.all(entity, select);
    }),
  );
  const count = cachedCount ?? (() => ctx.read((reads) => countRows(reads, ranges, rest)));
  return pageOf(rows, order, page, keyOf, count, stoppedAt);
}

/** Rows of a page before it was full are looked for among so many times as many, and only then among MAX_CANDIDATES. */
const FEW_TIMES = 4;

/**
 * Reads a page of ranges by `read`, which is given them with `rest` where that is a condition that no index holds. Then at
 * most MAX_CANDIDATES rows are looked at, and `stoppedAt` is the key of the last one, where more follow.
 */
export async function readFiltered<Row>(
  reads: Reads,
  ranges: readonly [Sql, ...Sql[]],
  order: KeysetOrder,
  { page, rest }: { page: PageRequest; rest?: Sql },
  read: (ranges: readonly [Sql, ...Sql[]]) => Promise<Row[]>,
): Promise<{ rows: Row[]; stoppedAt?: Key }> {
  if (!rest) return { rows: await read(ranges) };
  const [first, ...others] = ranges;
  const left = ranges.map((range) => afterCursor(range, order, page));
  const few = FEW_TIMES * (page.first + 1);
  for (const most of [few, MAX_CANDIDATES]) {
    const stoppedAt = await boundOfCandidates(reads, left, order, most);
    const narrow = (range: Sql) => and(stoppedAt ? atMost(range, order, stoppedAt) : range, rest);
    const rows = await read([narrow(first), ...others.map(narrow)]);
    if (!stoppedAt || rows.length > page.first || most === MAX_CANDIDATES) return { rows, stoppedAt };
  }
  throw new Error("the last number of candidates is the largest");
}

/**
 * How many rows these ranges have, MAX_COUNT + 1 where they have more than MAX_COUNT. With a condition that no index holds
 * nothing, when they have more.
 */
export async function countRows(reads: Reads, ranges: readonly Sql[], rest?: Sql): Promise<number | null> {
  if (rest && ((await countRows(reads, ranges)) ?? 0) > MAX_COUNT) return null;
  const counted = ranges.map((range) => sql`${and(range, rest)}${limit(MAX_COUNT + 1)}`);
  const [one, ...others] = counted;
  if (one && others.length === 0) return reads.count(sql`FROM (SELECT 1 AS one ${one}) counted`);
  const each = counted.map((range, at) => sql`SELECT id FROM (SELECT id ${range}) ${name(`range${at}`)}`);
  return Math.min(await reads.count(sql`FROM (${union(each)}) counted`), MAX_COUNT + 1);
}

/**
 * Makes a page of the rows that a keyset select found, and of a way to count the whole list. Where reading stopped before
 * the end of the list, `stoppedAt` is the key that the next page begins after, unless the page was full before.
 */
export function pageOf<Row>(
  rows: Row[],
  order: KeysetOrder,
  request: PageRequest,
  keyOf: (row: Row) => Key,
  count: () => Promise<number | null>,
  stoppedAt?: Key,
): Page<Row> {
  return new FoundPage(rows, order, request, keyOf, count, stoppedAt);
}

/** A class, since getters of an object's own cost more than all else of a page: a list has one for each of its rows. */
class FoundPage<Row> implements Page<Row> {
  readonly nodes: Row[];

  constructor(
    private readonly rows: Row[],
    private readonly order: KeysetOrder,
    private readonly request: PageRequest,
    private readonly keyOf: (row: Row) => Key,
    private readonly count: () => Promise<number | null>,
    private readonly stoppedAt: Key | undefined,
  ) {
    this.nodes = rows.length > request.first ? rows.slice(0, request.first) : rows;
  }

  get edges() {
    return this.nodes.map((node) => ({ node, cursor: encodeCursor(this.order, this.keyOf(node)) }));
  }

  get pageInfo() {
    const { nodes, rows, request, keyOf, order } = this;
    const cursorOf = (row: Row | undefined) => (row === undefined ? null : encodeCursor(order, keyOf(row)));
    const isFull = rows.length > request.first;
    const stoppedAt = isFull ? undefined : this.stoppedAt;
    return {
      hasNextPage: isFull || stoppedAt !== undefined,
      hasPreviousPage: Boolean(request.after),
      get startCursor() {
        return cursorOf(nodes[0]);
      },
      get endCursor() {
        return stoppedAt ? encodeCursor(order, stoppedAt) : cursorOf(nodes[nodes.length - 1]);
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
