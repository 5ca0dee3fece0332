import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Ears } from "./ears";
import type { Ground } from "./ground";

/** A question to the process, and its answer. */
export interface Call {
  n: number;
  method: keyof Ears;
  args: unknown[];
}

/** What comes back. */
export interface Answer {
  n: number;
  result?: unknown;
  error?: string;
}

/** The same methods, in another process. */
export type Remote<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** Starts a process for listeners, so that what they cost is not taken from the ones who write and watch. */
export async function startEars({ atTheEnd, signal }: Ground): Promise<Remote<Ears>> {
  const child = fork(join(__dirname, "ears-child.ts"), {
    execArgv: ["-r", "@swc-node/register"],
    cwd: join(__dirname, "../.."),
    serialization: "advanced",
  });
  const gone = once(child, "exit");
  atTheEnd(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const failAll = (reason: string) => {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  child.on("message", ({ n, result, error }: Answer) => {
    const asked = waiting.get(n);
    waiting.delete(n);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error));
  });
  child.once("exit", (code) => failAll(`the listeners' process ended with ${code}`));
  signal.addEventListener("abort", () => failAll("the run is over"), { once: true });
  let asked = 0;
  const call = (method: keyof Ears, args: unknown[]) =>
    new Promise((resolve, reject) => {
      const n = ++asked;
      waiting.set(n, { resolve, reject });
      child.send({ n, method, args } satisfies Call);
    });
  const remote = new Proxy({} as Remote<Ears>, {
    // A proxy with a `then` would be taken for a promise.
    get: (_target, method) =>
      method === "then" ? undefined : (...args: unknown[]) => call(method as keyof Ears, args),
  });
  return remote;
}
