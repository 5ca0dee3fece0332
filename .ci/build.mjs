import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

/*
 * `npm run build` compiles the program into `dist`. With --if-older it does so only where `dist` is not there or older than
 * what it is made of: `npm run admin`, `token` and their like answer at once then. With --tell it says when it builds.
 */

const SOURCES = ["src", "schema", "entities", "resolvers", "ormconfig.ts"];
const SETTINGS = [".swcrc", "package.json", "package-lock.json", ".ci/build.mjs"];

const COMPILER = "node_modules/@swc/cli/bin/swc.js";

/** Made when a build has ended well: what was compiled in part is compiled again. */
const STAMP = "dist/.built";

function newestOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  // The folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newestOf(join(path, name))));
}

function isUpToDate() {
  if (!existsSync(STAMP)) return false;
  return Math.max(...[...SOURCES, ...SETTINGS].map(newestOf)) < statSync(STAMP).mtimeMs;
}

if (!process.argv.includes("--if-older") || !isUpToDate()) {
  if (!existsSync(COMPILER)) {
    process.stderr.write("The packages are not installed. Run: npm ci\n");
    process.exit(1);
  }
  if (process.argv.includes("--tell")) process.stdout.write("Building...\n");
  rmSync(STAMP, { force: true });
  const startedAt = new Date();
  const { status } = spawnSync(process.execPath, [COMPILER, ...SOURCES, "-d", "dist", "-q"], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  closeSync(openSync(STAMP, "w"));
  // What was changed while it was compiled is newer than this.
  utimesSync(STAMP, startedAt, startedAt);
}
