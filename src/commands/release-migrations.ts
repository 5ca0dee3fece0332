import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answeredHelp } from "./developer-help";
import { ExitCode } from "./exit-code";

/** Where the migrations are, and the list of those that were released, from the folder of the sources. */
const MIGRATIONS = "src/database/migrations";
const LIST = `${MIGRATIONS}/released.json`;
const FAMILIES = ["mysql", "sqlite"];

/** By release, the SHA-256 of each migration file that came with it, by its path below the migrations. */
export type ReleasedMigrations = Record<string, Record<string, string>>;

/** Reads the list of released migrations below the folder of the sources; empty when there is none. */
export function readReleasedMigrations(root: string): ReleasedMigrations {
  const file = join(root, LIST);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ReleasedMigrations) : {};
}

/** Every released migration file that is no longer what was released, a sentence each. */
export function changedMigrations(root: string, released: ReleasedMigrations): string[] {
  const found = hashesOfMigrations(root);
  return Object.entries(released).flatMap(([release, files]) =>
    Object.entries(files)
      .filter(([file, hash]) => found[file] !== hash)
      .map(
        ([file]) =>
          `${file} was released with ${release} and is ${file in found ? "changed" : "gone"}. ` +
          "Restore it, and write a new migration for the change.",
      ),
  );
}

/**
 * The list with all migrations added that no release has yet, as those of this release.
 * @throws Error when a released one was changed, or the release is in the list already
 */
export function withRelease(root: string, released: ReleasedMigrations, release: string): ReleasedMigrations {
  const changed = changedMigrations(root, released);
  if (changed.length > 0) throw new Error(changed.join("\n"));
  if (release in released)
    throw new Error(`${release} is in ${LIST} already. Raise the version in package.json first.`);
  const known = new Set(Object.values(released).flatMap((files) => Object.keys(files)));
  const added = Object.entries(hashesOfMigrations(root)).filter(([file]) => !known.has(file));
  return { ...released, [release]: Object.fromEntries(added) };
}

function hashesOfMigrations(root: string): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const family of FAMILIES) {
    const files = readdirSync(join(root, MIGRATIONS, family)).filter((name) => name !== "index.ts");
    for (const name of files.sort()) {
      const text = readFileSync(join(root, MIGRATIONS, family, name));
      hashes[`${family}/${name}`] = createHash("sha256").update(text).digest("hex");
    }
  }
  return hashes;
}

/** `npm run migration:release`: adds the migrations that are not in a release yet to the list, under package.json's version. */
function main(): void {
  const root = process.cwd();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const released = withRelease(root, readReleasedMigrations(root), version);
  writeFileSync(join(root, LIST), `${JSON.stringify(released, null, 2)}\n`);
  process.stdout.write(`${LIST}: ${Object.keys(released[version] ?? {}).length} migrations in ${version}\n`);
}

const USAGE = `npm run migration:release

Adds the migrations that no release has yet to the list of released ones, under the version in package.json.`;

if (require.main === module && !answeredHelp(USAGE)) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = ExitCode.REFUSED;
  }
}
