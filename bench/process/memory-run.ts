import "reflect-metadata";
import type { DatabaseKind } from "../environment";
import { runScript } from "../run-script";
import { measureMemory } from "./memory";
import { reportOfMemory } from "./memory-report";
import { readScale } from "./options";

const USUAL = { database: ["sqlite"], seconds: 8, listeners: 2_000, minutes: 10, connections: 8 };

const USAGE = `Measures sizes, and memory over ten minutes of work.

  --database NAME    sqlite or mariadb
  --minutes N        how long
  --seconds N --listeners N --connections N
  --write            puts the report into docs/performance.md`;

/** `npm run bench:memory`: sizes, and a soak of ten minutes; `--minutes` says how long. */
runScript("npm run bench:memory", USAGE, async (args) => {
  const { database, ...scale } = readScale(args, USUAL);
  const [kind = "sqlite"] = database;
  return reportOfMemory(await measureMemory({ ...scale, database: kind as DatabaseKind }));
});
