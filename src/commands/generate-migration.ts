import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../config/config";
import { systemClock } from "../values/instant";
import { openDatabase } from "../database/open-database";
import { answeredHelp } from "./developer-help";
import { ExitCode } from "./exit-code";
import { COMMON_VARIABLES, DATABASE_VARIABLES } from "./subcommand";

/**
 * `npm run migration:generate -- Name`: writes the migration that brings the configured database, after all
 * migrations there are, to what the entities say. Run it once with SQLite and once with DATABASE_URL set.
 */
async function main(name: string | undefined): Promise<void> {
  if (!name || !/^[A-Z]\w+$/.test(name))
    throw new Error("Name the migration in PascalCase: npm run migration:generate -- Name");
  const config = loadConfig(undefined, [...COMMON_VARIABLES, ...DATABASE_VARIABLES]);
  // The entities are ahead of the migrations here: that is what this command is for.
  const database = await openDatabase(config.database, { onProgress: () => undefined, compareSchema: false });
  try {
    const sql = await database.schemaSource.driver.createSchemaBuilder().log();
    if (sql.upQueries.length === 0)
      throw new Error("The schema equals the entities; there is nothing to do.");
    const className = `${name}${Date.parse(systemClock())}`;
    const call = ({ query }: { query: string }) =>
      `    await runner.query(${JSON.stringify(binaryCollated(query))});`;
    const body = `import type { MigrationInterface, QueryRunner } from "typeorm";

/** ${name}: generated from the entities. */
export class ${className} implements MigrationInterface {
  readonly name = "${className}";

  async up(runner: QueryRunner): Promise<void> {
${sql.upQueries.map(call).join("\n")}
  }

  async down(runner: QueryRunner): Promise<void> {
${sql.downQueries.reverse().map(call).join("\n")}
  }
}
`;
    const file = join("src/database/migrations", database.family, `${className}.ts`);
    writeFileSync(file, body);
    process.stdout.write(`${file}\nAdd ${className} to the list in index.ts beside it.\n`);
  } finally {
    await database.close();
  }
}

/** Both databases must compare text alike: byte by byte (ADR 0004). */
function binaryCollated(query: string): string {
  return query.replace(/ENGINE=InnoDB$/, "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
}

const USAGE = `npm run migration:generate -- Name

Writes the migration that brings the configured database, after all migrations there are, to what the entities say. Run it
once with an empty DATA_DIR and once with DATABASE_URL set to an empty database.`;

if (!answeredHelp(USAGE)) {
  main(process.argv[2]).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = ExitCode.COULD_NOT_RUN;
  });
}
