import "reflect-metadata";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { describeDifferences, fuzzExecutor, type FuzzReport } from "./fuzz-executor";

/*
 * `npm run fuzz:execution -- --operations 100000 [--seed N] [--calm]`: compares repeated operations with graphql-js.
 * Ends with 1 if there is a difference.
 */

const PROGRESS_EVERY_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      operations: { type: "string", default: "10000" },
      seed: { type: "string", default: String(randomInt(1_000_000)) },
      calm: { type: "boolean", default: false },
    },
  });
  const [operations, seed] = [Number(values.operations), Number(values.seed)];
  say(`Comparing ${operations} operations, seed ${seed}.`);
  let lastToldAt = performance.now();
  const onProgress = ({ operations: done, kinds }: FuzzReport) => {
    if (performance.now() - lastToldAt < PROGRESS_EVERY_MS) return;
    lastToldAt = performance.now();
    say(`${done} of ${operations} operations, ${kinds.size} kinds of differences`);
  };
  const report = await fuzzExecutor({ seed, operations, isCalm: values.calm, onProgress });
  say(describeDifferences(report));
  say(summaryOf(report));
  if (report.kinds.size > 0) process.exitCode = 1;
}

function summaryOf({
  operations,
  documents,
  rejected,
  schemaParts,
  missingParts,
  kinds,
}: FuzzReport): string {
  const differences = [...kinds].map(
    ([kind, { count, first }]) => `  ${count} × ${kind}, first at operation ${first.operation}`,
  );
  return [
    `${operations} operations of ${documents - rejected} documents; ${rejected} more documents were invalid.`,
    `${schemaParts - missingParts.length} of ${schemaParts} parts of the schema were generated${missingParts.map((part) => `, not ${part}`).join("")}.`,
    differences.length > 0 ? `Differences:\n${differences.join("\n")}` : "No difference.",
  ].join("\n");
}

void main();
