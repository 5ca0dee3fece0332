import type { DatabaseKind } from "../environment";
import { type Builds, buildBoth } from "./builds";
import { type CompareDefaults, type CompareOptions, readCompareOptions } from "./options";
import { type ComparedRow, exitCodeOf, introductionOf, tableOfRows } from "./report";

/** What is compared, and how it is shown. */
export interface Comparison<Scale> {
  defaults: CompareDefaults<Scale>;
  /** The heads of the columns; the first is for the name. */
  head: string[];
  /** Compares both programs on one database. */
  compare(
    builds: Builds,
    database: DatabaseKind,
    options: CompareOptions<Scale>,
  ): Promise<{ version: string; rows: ComparedRow[] }>;
}

/**
 * Builds the working tree and the commit of `--against`, compares them, and deletes both builds again.
 * @param args the command line
 * @returns the report as Markdown; the exit code of this process is set by what came out
 * @throws Error the command line cannot be understood, or one of the programs cannot be built or started
 */
export async function runComparison<Scale extends Record<string, number>>(
  args: string[],
  { defaults, head, compare }: Comparison<Scale>,
): Promise<string> {
  const options = readCompareOptions(args, defaults);
  const builds = await buildBoth(options.against);
  try {
    const all: ComparedRow[] = [];
    const tables: string[] = [];
    for (const database of options.databases) {
      const { version, rows } = await compare(builds, database, options);
      all.push(...rows);
      tables.push(`### ${version}\n\n${tableOfRows(head, rows, options.bound)}`);
    }
    process.exitCode = exitCodeOf(all, options.bound);
    return [introductionOf(builds, options), ...tables].join("\n\n");
  } finally {
    builds.remove();
  }
}
