import { getMetadataArgsStorage } from "typeorm";

/** Which properties of a row are read, and a key that is the same for the same ones; nothing for whole rows. */
export interface Columns {
  readonly names: readonly string[];
  readonly key: string;
}

/** What part of a row is read: at least the columns that always are, and whatever the wanted fields are made of. */
export type PartOf<Row, Always extends keyof Row> = Pick<Row, Always> & Partial<Row>;

/** What each computed field of a GraphQL type is made of, by the field's name: properties of the row that are read for it. */
export type ComputedFields<Row> = Readonly<Record<string, readonly (keyof Row & string)[]>>;

/** What can be read of the rows behind a GraphQL type, and what its computed fields are made of. */
export interface ReadableFields {
  /** The properties that can be read. */
  properties(): readonly string[];
  readonly computed: Readonly<Record<string, readonly string[]>>;
}

/** Names what to read of each row for some fields of its GraphQL type; without a list of fields, rows are read whole. */
export interface ColumnsReader<
  Row,
  Always extends keyof Row,
  Computed extends ComputedFields<Row>,
> extends ReadableFields {
  (fields?: readonly string[]): Columns | undefined;
  readonly computed: Computed;
  /** For RowFor only; never there. */
  readonly row?: Pick<Row, Always>;
}

/**
 * What a computed field has of its row: the properties that are always read and those that the field is declared to be made of. A method
 * that takes this as its root does not compile when it uses a property that is not declared.
 */
export type RowFor<Reader, Field extends string> =
  Reader extends ColumnsReader<infer Row, infer Always, infer Computed>
    ? Field extends keyof Computed
      ? Pick<Row, Always | (Computed[Field][number] & keyof Row)>
      : never
    : never;

/**
 * Makes the function that names what to read of each row for some fields of its GraphQL type: the properties that `always`
 * are, those that a computed field is made of, and the property of its name for any other field.
 */
export function columnsReader<Row>() {
  return <const Always extends keyof Row & string, const Computed extends ComputedFields<Row>>(
    properties: () => readonly string[],
    always: readonly Always[],
    computed: Computed,
  ): ColumnsReader<Row, Always, Computed> => {
    const known = new WeakMap<readonly string[], Columns>();
    const read = (fields?: readonly string[]): Columns | undefined => {
      const before = fields && known.get(fields);
      if (!fields || before) return before;
      const madeOf: Readonly<Record<string, readonly string[]>> = computed;
      const wanted = fields.flatMap((field) =>
        Object.hasOwn(madeOf, field) ? (madeOf[field] ?? []) : [field],
      );
      const names = [...new Set<string>([...always, ...wanted])].sort();
      const columns = { names, key: names.join(" ") };
      known.set(fields, columns);
      return columns;
    };
    return Object.assign(read, { properties, computed });
  };
}

/** The properties of an entity that are columns, those that it inherits among them. */
export function columnProperties(entity: new () => object): readonly string[] {
  const classes: (new () => object)[] = [];
  for (let one = entity; one.prototype; one = Object.getPrototypeOf(one) as typeof one) classes.push(one);
  return getMetadataArgsStorage()
    .filterColumns(classes)
    .map(({ propertyName }) => propertyName);
}
