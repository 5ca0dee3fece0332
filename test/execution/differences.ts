import type { DescribedError } from "./describe-value";
import type { Observation } from "./observe-execution";

/** A way in which an execution differs from the one of graphql-js. */
export interface Difference {
  /** What kind of thing differs; the summary counts by it. */
  kind: string;
  expected: unknown;
  actual: unknown;
}

/** Finds how an execution differs from graphql-js', the most telling difference of each group first. */
export function differencesBetween(expected: Observation, actual: Observation): Difference[] {
  const found = [
    resultDifference(expected, actual),
    errorDifference(expected.errors, actual.errors),
    callDifference(expected, actual),
  ];
  if (expected.isSync !== actual.isSync)
    found.push({
      kind: "a result instead of a promise, or the reverse",
      expected: expected.isSync,
      actual: actual.isSync,
    });
  if (actual.unhandledRejections > expected.unhandledRejections)
    found.push({
      kind: "rejections that nobody handles",
      expected: expected.unhandledRejections,
      actual: actual.unhandledRejections,
    });
  return found.filter((difference) => difference !== undefined);
}

function resultDifference(expected: Observation, actual: Observation): Difference | undefined {
  if (expected.text === actual.text) return undefined;
  const told = { expected: expected.text, actual: actual.text };
  const [wanted, got] = [expected.result as Result, actual.result as Result];
  if (!wanted || !got) return { kind: "thrown", ...told };
  return dataDifference(wanted, got, told);
}

/** The kind of difference between two answers of GraphQL; undefined if only their errors differ. */
export function dataDifference(
  wanted: Result,
  got: Result,
  told: { expected: unknown; actual: unknown },
): Difference | undefined {
  if (JSON.stringify(wanted.data) === JSON.stringify(got.data) && "data" in wanted === "data" in got) {
    return Object.keys(wanted).join() === Object.keys(got).join()
      ? undefined
      : { kind: "keys of the result", ...told };
  }
  if (!("data" in wanted)) return { kind: "executed although a variable is wrong", ...told };
  if (!("data" in got)) return { kind: "refused although the variables are right", ...told };
  if (sorted(wanted.data) === sorted(got.data)) return { kind: "order of keys", ...told };
  const [paths, gotPaths] = [pathsOf(wanted.data), pathsOf(got.data)];
  const lost = [...paths.keys()].filter((path) => !gotPaths.has(path));
  const added = [...gotPaths.keys()].filter((path) => !paths.has(path));
  const isSpecial = [...lost, ...added].some((path) =>
    /\/(__proto__|constructor|toString|hasOwnProperty|valueOf)\b/.test(path),
  );
  if (isSpecial) return { kind: "alias that is a property of every object", ...told };
  const becameNull = (path: string, of: Map<string, unknown>) => isNullAbove(path, of);
  if (lost.some((path) => !becameNull(path, gotPaths))) return { kind: "fields lost", ...told };
  if (added.some((path) => !becameNull(path, paths))) return { kind: "fields added", ...told };
  if (lost.length > 0) return { kind: "null instead of data", ...told };
  if (added.length > 0) return { kind: "data instead of null", ...told };
  return { kind: "values", ...told };
}

/**
 * Whether an answer can have been given between two others, for operations that each time change what they read: a refused
 * query adds a record to the activity log that it selects too. It must equal both where they are equal. Lists that differ
 * are not compared, because a new first item moves all others.
 */
export function canBeBetween(before: unknown, actual: unknown, after: unknown): boolean {
  const text = JSON.stringify(before);
  if (text === JSON.stringify(after)) return JSON.stringify(actual) === text;
  if (![before, actual, after].every(isObject)) return typeof actual === typeof before;
  const [first, given, last] = [before, actual, after] as [Fields, Fields, Fields];
  const names = Object.keys(first);
  if (Object.keys(last).join() !== names.join()) return true;
  if (Object.keys(given).join() !== names.join()) return false;
  return names.every((name) => canBeBetween(first[name], given[name], last[name]));
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An answer of GraphQL, or the result of an execution. */
export interface Result {
  data?: unknown;
  errors?: unknown;
}

function isNullAbove(path: string, of: Map<string, unknown>): boolean {
  const parts = path.split("/");
  return parts.some((_, count) => of.get(parts.slice(0, count).join("/")) === null);
}

function pathsOf(value: unknown, path = "", into = new Map<string, unknown>()): Map<string, unknown> {
  into.set(path, value);
  if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) pathsOf(inner, `${path}/${key}`, into);
  return into;
}

function sorted(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const texts = Object.entries(value).map(([key, inner]) => `${key}:${sorted(inner)}`);
  return Array.isArray(value) ? `[${texts.join()}]` : `{${texts.sort().join()}}`;
}

function errorDifference(expected: DescribedError[], actual: DescribedError[]): Difference | undefined {
  const compare = (
    kind: string,
    read: (error: DescribedError) => string,
    order = false,
  ): Difference | undefined => {
    const wanted = expected.map(read);
    const got = actual.map(read);
    if (order) [wanted, got].forEach((list) => list.sort());
    return wanted.join("\n") === got.join("\n") ? undefined : { kind, expected: wanted, actual: got };
  };
  const whole = ({ message, path, locations, rest }: DescribedError) =>
    [message, path, locations, rest].join(" | ");
  if (!compare("", whole)) return undefined;
  if (expected.length !== actual.length)
    return { kind: "number of errors", expected: expected.map(whole), actual: actual.map(whole) };
  return (
    compare("message of an error", ({ message }) => message, true) ??
    compare("path of an error", ({ message, path }) => `${path} ${message}`, true) ??
    compare("location of an error", ({ path, locations }) => `${path} ${locations}`, true) ??
    compare("origin or nodes of an error", whole, true) ??
    compare("order of errors", whole)
  );
}

function callDifference(expected: Observation, actual: Observation): Difference | undefined {
  const part = (of: Observation, read: (call: Observation["calls"][number]) => string) =>
    of.calls.map(read).join("\n");
  const differs = (read: (call: Observation["calls"][number]) => string) =>
    part(expected, read) !== part(actual, read);
  const told = (read: (call: Observation["calls"][number]) => string) => ({
    expected: part(expected, read),
    actual: part(actual, read),
  });
  const field = (call: Observation["calls"][number]) => call.field;
  if (differs(field)) {
    const [wanted, got] = [expected, actual].map(({ calls }) => calls.map(field).sort().join("\n"));
    return { kind: wanted === got ? "order of resolver calls" : "resolvers called", ...told(field) };
  }
  const args = ({ field: name, args: given }: Observation["calls"][number]) => `${name} ${given}`;
  const contents = ({ field: name, contents: given }: Observation["calls"][number]) => `${name} ${given}`;
  if (differs(contents)) return { kind: "arguments of a resolver", ...told(args) };
  if (differs(args)) return { kind: "order or prototypes of arguments", ...told(args) };
  const info = ({ field: name, info: given }: Observation["calls"][number]) => `${name} ${given}`;
  return differs(info) ? { kind: "info of a resolver", ...told(info) } : undefined;
}
