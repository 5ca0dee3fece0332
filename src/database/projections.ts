/** Which properties of a row are read, and a key that is the same for the same ones; nothing for whole rows. */
export interface Columns {
  readonly names: readonly string[];
  readonly key: string;
}

/** What part of a row is read: at least the columns that always are, and whatever the wanted fields are made of. */
export type PartOf<Row, Always extends keyof Row> = Pick<Row, Always> & Partial<Row>;

/**
 * Makes the function that names what to read of each row for some fields of its GraphQL type: the properties that `always`
 * are, those that a computed field is made of, and the property of its name for any other field. Without a list of fields,
 * rows are read whole.
 */
export function columnsReader<Row>(
  always: readonly (keyof Row & string)[],
  computed: Readonly<Record<string, readonly (keyof Row & string)[]>>,
): (fields?: readonly string[]) => Columns | undefined {
  const known = new WeakMap<readonly string[], Columns>();
  return (fields) => {
    const before = fields && known.get(fields);
    if (!fields || before) return before;
    const names = [...new Set([...always, ...fields.flatMap((field) => computed[field] ?? [field])])].sort();
    const columns = { names, key: names.join(" ") };
    known.set(fields, columns);
    return columns;
  };
}
