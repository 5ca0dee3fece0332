import type { PageInput } from "../errors/field-checks";

/** Groups rows by a key, keeping their order; what a batch loader of lists needs. */
export function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/**
 * Keeps what was found last: the rows of a list ask for the same page and the same fields one after the other.
 * @param find what it gives depends on nothing but the page and the list of fields
 */
export function latestKept<Found>(
  find: (page: PageInput, fields?: readonly string[]) => Found,
): (page: PageInput, fields?: readonly string[]) => Found {
  let latest: { first: unknown; after: unknown; fields: unknown; found: Found } | undefined;
  return (page, fields) => {
    const { first, after } = page;
    if (latest && latest.fields === fields && latest.first === first && latest.after === after)
      return latest.found;
    const found = find(page, fields);
    latest = { first, after, fields, found };
    return found;
  };
}

/** Puts rows in the order of the ids that they were asked for by; null where none was found. */
export function inOrderOf<Row extends { id: string }>(
  ids: readonly string[],
  rows: readonly Row[],
): (Row | null)[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}
