import type { ExecutionResult } from "graphql";
import { type DescribedError, describeError } from "./describe-value";
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
}

/** Turns of the event loop after the last resolver, within which a result must be there. */
const MAX_TURNS = 20;

/** Executes, keeps the result as it is when it is there, and then waits for resolvers that are still running. */
export async function observe(
  run: () => ExecutionResult | Promise<ExecutionResult>,
  recorder: Recorder,
): Promise<Observation> {
  const never: Omit<Observation, "calls"> = {
    isSync: false,
    text: "thrown: no result",
    result: undefined,
    errors: [],
  };
  let seen: Omit<Observation, "calls"> | undefined;
  void resultOf(run).then((result) => (seen = result));
  // What hangs on the last promises still takes some turns of microtasks.
  for (let turns = 0; turns < (seen ? 1 : MAX_TURNS); turns = recorder.pending > 0 ? 0 : turns + 1)
    await nextTurn();
  return { ...(seen ?? never), calls: recorder.calls };
}

async function resultOf(
  run: () => ExecutionResult | Promise<ExecutionResult>,
): Promise<Omit<Observation, "calls">> {
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
