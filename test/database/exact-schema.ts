import type { DataSource } from "typeorm";
import type { FoundSchema } from "../../src/database/schema/found-schema";
import { neededSchema } from "../../src/database/schema/needed-schema";

/** What the migrations make that is not in the entities. */
const BOOKKEEPING = ["migration_lease", "schema_migration", "sqlite_sequence"];

/**
 * Expects that a database has the needed tables, columns, unique indexes and triggers, and no others: then what the start
 * compares with is all that the migrations make.
 */
export function expectExactly(source: DataSource, { tables, triggers }: FoundSchema): void {
  const needed = neededSchema(source).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found = [...tables]
    .filter(([name]) => !BOOKKEEPING.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const sorted = (names: Iterable<string>) => [...names].sort();
  expect(
    found.map(([name, { columns, indexes }]) => ({
      name,
      columns: sorted(columns.keys()),
      unique: sorted(
        indexes.filter(({ unique, isPrimaryKey }) => unique && !isPrimaryKey).map((index) => index.name),
      ),
    })),
  ).toEqual(
    needed.map(({ name, columns, indexes }) => ({
      name,
      columns: sorted(columns.map((column) => column.name)),
      unique: sorted(indexes.filter(({ unique }) => unique).map((index) => index.name)),
    })),
  );
  expect(sorted((triggers ?? []).map(({ name }) => name))).toEqual(
    sorted(needed.flatMap((table) => table.triggers.map(({ name }) => name))),
  );
}
