import { CompiledOperations } from "../../src/transport/graphql/compiled-operations";
import { compareOperation, type FoundDifference } from "./compare-operation";
import { Coverage } from "./coverage";
import { type GeneratorCounts, OperationGenerator } from "./operation-generator";
import { hashOf } from "./random";
import { buildRecordingSchema, type RecordingOptions } from "./recording-schema";

/** What a run over many operations found. */
export interface FuzzReport extends GeneratorCounts {
  seed: number;
  operations: number;
  /** Differences by kind: how many operations have one, and the first of them. */
  kinds: Map<string, { count: number; first: FoundDifference & { operation: number } }>;
  missingParts: string[];
  schemaParts: number;
}

/** How long and with what to run. */
export interface FuzzOptions extends RecordingOptions {
  seed: number;
  operations: number;
  /** Hears after each document how many operations were compared. */
  onProgress?(report: FuzzReport): void;
}

/** How many operations share one executor, as a server's operations do. */
const OPERATIONS_PER_EXECUTOR = 2_000;

/** Compares the executor under test with graphql-js on random operations, with recording resolvers. */
export async function fuzzExecutor({
  seed,
  operations,
  onProgress,
  isCalm,
}: FuzzOptions): Promise<FuzzReport> {
  const usualStackLimit = Error.stackTraceLimit;
  const recording = buildRecordingSchema({ isCalm });
  const coverage = new Coverage(recording.schema);
  const generator = new OperationGenerator(recording.schema, coverage, seed);
  const kinds: FuzzReport["kinds"] = new Map();
  const report: FuzzReport = {
    ...generator.counts,
    seed,
    operations: 0,
    kinds,
    missingParts: [],
    schemaParts: coverage.size,
  };
  let compiled = new CompiledOperations(recording.schema);
  // Thousands of errors are made, and nobody reads their stacks.
  Error.stackTraceLimit = 0;
  for (let number = 0; report.operations < operations; number++) {
    for (const operation of generator.operations(number)) {
      const found = await compareOperation(recording, compiled, operation, hashOf(seed, number));
      report.operations++;
      for (const difference of found) {
        const known = kinds.get(difference.kind);
        if (known) known.count++;
        else kinds.set(difference.kind, { count: 1, first: { ...difference, operation: report.operations } });
      }
      if (report.operations % OPERATIONS_PER_EXECUTOR === 0)
        compiled = new CompiledOperations(recording.schema);
    }
    Object.assign(report, generator.counts);
    onProgress?.(report);
  }
  Error.stackTraceLimit = usualStackLimit;
  report.missingParts = coverage.missing();
  return report;
}

/** Generates documents, without executing them, until each part of the schema has been in one; the parts that never were. */
export function missingAfter(maxDocuments: number, seed: number): string[] {
  const { schema } = buildRecordingSchema({});
  const coverage = new Coverage(schema);
  const generator = new OperationGenerator(schema, coverage, seed);
  for (let number = 0; number < maxDocuments && coverage.missing().length > 0; number++)
    generator.operations(number);
  return coverage.missing();
}

/** Tells the kinds of differences of a report, each with what is needed to replay it. */
export function describeDifferences({ kinds, seed }: FuzzReport): string {
  return [...kinds]
    .map(([kind, { count, first }]) => {
      const { text, operationName, variables, time, contextSeed, expected, actual, operation } = first;
      return [
        `${kind}: ${count} times, first at operation ${operation} of seed ${seed}, execution ${time}`,
        `  document: ${text}`,
        `  operation name: ${operationName ?? "none"}; resolvers' seed: ${contextSeed}`,
        `  variables: ${JSON.stringify(variables)}`,
        `  graphql-js: ${clipped(expected)}`,
        `  repeated:   ${clipped(actual)}`,
      ].join("\n");
    })
    .join("\n\n");
}

function clipped(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  return text.length > 2_000 ? `${text.slice(0, 2_000)} …` : text;
}
