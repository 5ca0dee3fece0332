import type { ExecutionResult } from "graphql";
import { type DescribedError, describeError } from "./describe-value";
import { runInThisContext } from "node:vm";
import { nextTurn, type RecordedCall, type Recorder } from "./recorder";

/** Everything that is compared of one execution. */
export interface Observation {
  /** Whether the result was there at once. */
  isSync: boolean;
  /** Text of the whole result. */
  text: string;
  result: unknown;
  errors: DescribedError[];
  calls: readonly RecordedCall[];
  /** How many promises were rejected without anybody to handle it, which would end a server. */
  unhandledRejections: number;
}

type ExecutionSeen = Omit<Observation, "calls" | "unhandledRejections">;

/** Turns of the event loop after the last resolver, within which a result must be there. */
const MAX_TURNS = 20;

/** Executes, keeps the result as it is when it is there, and then waits for resolvers that are still running. */
export async function observe(
  run: () => ExecutionResult | Promise<ExecutionResult>,
  recorder: Recorder,
): Promise<Observation> {
  const never: ExecutionSeen = { isSync: false, text: "thrown: no result", result: undefined, errors: [] };
  let seen: ExecutionSeen | undefined;
  const unhandledRejections = await countingUnhandledRejections(async () => {
    void resultOf(run).then((result) => (seen = result));
    // What hangs on the last promises still takes some turns of microtasks.
    for (let turns = 0; turns < (seen ? 2 : MAX_TURNS); turns = recorder.pending > 0 ? 0 : turns + 1)
      await nextTurn();
  });
  return { ...(seen ?? never), calls: recorder.calls, unhandledRejections };
}

/** Jest gives tests a copy of `process` on which such events are not to be heard. */
const realProcess = runInThisContext("process") as NodeJS.Process;

/** Rejections in the meantime do not fail the test: graphql-js leaves some, and they are compared. */
async function countingUnhandledRejections(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const usual = realProcess.listeners("unhandledRejection");
  realProcess.removeAllListeners("unhandledRejection");
  realProcess.on("unhandledRejection", () => count++);
  try {
    await work();
  } finally {
    realProcess.removeAllListeners("unhandledRejection");
    for (const listener of usual) realProcess.on("unhandledRejection", listener);
  }
  return count;
}

async function resultOf(run: () => ExecutionResult | Promise<ExecutionResult>): Promise<ExecutionSeen> {
  try {
    const given = run();
    const isSync = !("then" in given);
    const result = await given;
    const text = JSON.stringify(result);
    return { isSync, text, result: JSON.parse(text), errors: (result.errors ?? []).map(describeError) };
  } catch (error) {
    return { isSync: true, text: `thrown: ${String(error)}`, result: undefined, errors: [] };
  }
}
