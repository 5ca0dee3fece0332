import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/*
 * `npm run check`: formatting, types, lint and layer rules, as many tools at a time as there are cores. Each prints what it has
 * to say when it is done. Every tool runs to its end, whatever the others find; ends with 1 if one of them found something.
 */

/** The longest first. */
const TOOLS = [
  ["eslint", "."],
  ["tsc", "--noEmit"],
  ["prettier", "--check", "."],
  [
    "depcruise",
    "--config",
    ".dependency-cruiser.cjs",
    ..."src schema entities resolvers ormconfig.ts".split(" "),
  ],
];

/** Runs one tool from node_modules/.bin, which npm puts into the PATH; gives whether it found nothing. */
async function check([tool, ...options]) {
  const startedAt = performance.now();
  const child = spawn(tool, options, { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => said.push(part));
  const code = await new Promise((resolve) => {
    child.once("error", (error) => resolve(said.push(String(error))));
    child.once("close", resolve);
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${Buffer.concat(said.map((part) => Buffer.from(part))).toString("utf8")}`);
  process.stdout.write(`${tool}: ${code === 0 ? "ok" : "FAILED"} (${seconds} s)\n`);
  return code === 0;
}

const left = TOOLS.values();
let allAreWell = true;
const worker = async () => {
  for (const tool of left) allAreWell = (await check(tool)) && allAreWell;
};
await Promise.all(Array.from({ length: Math.min(TOOLS.length, availableParallelism()) }, worker));
process.exitCode = allAreWell ? 0 : 1;
