import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FaultEnvironment } from "./fault-environment";

/** A call of one method of the object that another process serves. */
interface Call {
  n: number;
  method: string;
  args: unknown[];
}

/** What comes back. */
interface Answer {
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

/**
 * Starts a process that serves an object (see `serveObject`), so that what it costs is not taken from the other ones. It
 * ends with the run. `file` is a module of this folder.
 */
export function startProcess<T>({ atTheEnd, signal }: FaultEnvironment, file: string): Remote<T> {
  const child = fork(join(__dirname, file), {
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
  child.once("exit", (code) => failAll(`the process of ${file} ended with ${code}`));
  signal.addEventListener("abort", () => failAll("the run is over"), { once: true });
  let asked = 0;
  const call = (method: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      const n = ++asked;
      waiting.set(n, { resolve, reject });
      child.send({ n, method, args } satisfies Call);
    });
  return new Proxy({} as Remote<T>, {
    // A proxy with a `then` would be taken for a promise.
    get: (_target, method) =>
      method === "then" ? undefined : (...args: unknown[]) => call(method as string, args),
  });
}

/** Serves an object's methods to the process that started this one, until that one is gone. */
export function serveObject(object: object): void {
  // Whoever started us is gone, and nobody wants to know any more.
  process.once("disconnect", () => process.exit());
  // A Ctrl-C is for the one who started us: it ends us when it has cleaned up.
  process.on("SIGINT", () => undefined);
  process.on("message", ({ n, method, args }: Call) => {
    const answer = (words: Omit<Answer, "n">) => process.send?.({ n, ...words });
    const act = (object as Record<string, (...given: unknown[]) => unknown>)[method];
    Promise.resolve()
      .then(() => act?.apply(object, args))
      .then(
        (result) => answer({ result }),
        (error: unknown) => answer({ error: (error as Error).stack ?? String(error) }),
      );
  });
}
