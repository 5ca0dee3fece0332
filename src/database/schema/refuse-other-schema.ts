import type { DataSource } from "typeorm";
import { SchemaRefused } from "../migrate";
import { compareSchemas } from "./compare-schemas";
import { mysqlSchema } from "./mysql-schema";
import { neededSchema } from "./needed-schema";
import { sqliteSchema } from "./sqlite-schema";

/** A message is read in a terminal: the first differences show what sort of database it is. */
const MAX_DIFFERENCES_SHOWN = 12;

const REMEDIES = [
  "A development build from before release 0.1.0 made this database: no migration leads from there. Start with an empty " +
    "database: set DATA_DIR to another folder, or DATABASE_URL to another database.",
  "Somebody changed the schema: undo that, or restore a backup.",
];

/**
 * Compares the schema of a migrated database with the schema that this program needs.
 * `newer` are the migrations that a newer version recorded; they belong in the message.
 * @throws SchemaRefused with the differences that statements would fail at, and what to do
 */
export async function refuseOtherSchema(source: DataSource, newer: readonly string[]): Promise<void> {
  const differences = await schemaDifferences(source);
  if (differences.length === 0) return;
  const shown = differences.slice(0, MAX_DIFFERENCES_SHOWN);
  if (differences.length > shown.length) shown.push(`and ${differences.length - shown.length} more`);
  const remedies =
    newer.length > 0
      ? [
          `A newer version of Partnergraph upgraded it (${newer.join(", ")}): start that version, or restore a backup.`,
        ]
      : REMEDIES;
  throw new SchemaRefused(
    [
      "The database does not have the schema that this version of Partnergraph needs:",
      ...shown.map((difference) => `  - ${difference}`),
      "What to do:",
      ...remedies.map((remedy) => `  - ${remedy}`),
      'docs/operating.md, "Upgrades", says more.',
    ].join("\n"),
  );
}

/** What in this database's schema the program would fail at, a line each; empty when it can work with it. */
export async function schemaDifferences(source: DataSource): Promise<string[]> {
  const reader = source.options.type === "better-sqlite3" ? sqliteSchema : mysqlSchema;
  return compareSchemas(neededSchema(source), await reader.read(source), reader);
}
