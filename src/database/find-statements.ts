import type { DataSource, EntityTarget, FindOneOptions, ObjectLiteral } from "typeorm";
import { BoundedCache } from "../context/bounded-cache";
import { type FindRows, type FindTable, shapeOf, type Where, withValues } from "./find-options";
import type { Columns } from "./projections";
import { Sql } from "./sql";

/** TypeORM's description of a lock. */
export type FindLock = Exclude<NonNullable<FindOneOptions["lock"]>, { mode: "optimistic" }>;

/** Shapes are written in the program, except for the lengths of lists, of which there are a few, and what a caller selects. */
const MAX_SHAPES = 500;

/**
 * Makes the SQL of find options on one entity. TypeORM's query builder writes the text, once for each shape: which columns with which
 * operators, order, number of rows and lock. Later statements of the same shape take the text from a cache and add their values.
 */
export class FindStatements<Row extends ObjectLiteral> {
  private readonly texts = new BoundedCache<string, string>({ maxEntries: MAX_SHAPES });

  constructor(
    private readonly source: DataSource,
    private readonly entity: EntityTarget<Row>,
    private readonly map: FindTable,
  ) {}

  /** A SELECT of whole rows, or of these columns of each. */
  select({ where, order, take }: FindRows<Row>, lock?: FindLock, columns?: Columns): Sql {
    const shape = shapeOf(this.map, where);
    const sorted = order ? orderKey(order) : "";
    const key = `${shape.key};${sorted};${take ?? ""};${lock?.mode ?? ""};${lock?.onLocked ?? ""};${columns?.key ?? ""}`;
    const text = this.texts.getOrMake(key, () =>
      this.build({ where, order, take }, shape.values.length, lock, columns),
    );
    return new Sql(text, shape.values);
  }

  /**
   * The condition alone, with each column behind its table's name: for UPDATE, DELETE and for a select that begins with `FROM` and the
   * table's name. Throws for a condition without a column.
   */
  condition(where: Where<Row>): Sql {
    const shape = shapeOf(this.map, where);
    if (shape.key === "") throw new Error(`a condition on ${this.map.table} names no column`);
    const text = this.texts.getOrMake(`${shape.key};condition`, () => {
      const select = this.build({ where }, shape.values.length);
      return select.slice(select.indexOf(BEFORE_CONDITION) + BEFORE_CONDITION.length);
    });
    return new Sql(text, shape.values);
  }

  /** The builder gets a marker for each value; they must come back in the order in which the values will be sent. */
  private build(
    { where, order, take }: FindRows<Row>,
    parameters: number,
    lock?: FindLock,
    columns?: Columns,
  ): string {
    const { table } = this.map;
    const markers = Array.from({ length: parameters }, (_marker, at) => `marker ${at}`);
    const builder = this.source.createQueryBuilder(this.entity, table).select([]);
    for (const column of this.map.namesOf(columns)) builder.addSelect(`${table}.${column}`, column);
    builder.setFindOptions({
      where: withValues(where, markers),
      loadEagerRelations: false,
      ...(order && { order }),
      ...(take !== undefined && { take }),
      ...(lock && { lock }),
    });
    const [text, sent] = builder.getQueryAndParameters();
    if (sent.length !== markers.length || sent.some((one, at) => one !== markers[at]))
      throw new Error(`TypeORM orders the parameters of a statement on ${table} in another way`);
    return text;
  }
}

const BEFORE_CONDITION = " WHERE ";

function orderKey(order: object): string {
  let key = "";
  for (const [property, direction] of Object.entries(order)) key += `${property} ${String(direction)},`;
  return key;
}
