import { runPartnergraph } from "../../src/commands/partnergraph";
import type { Ended } from "../start/program";

/** Runs `partnergraph` in this process, with nothing of its configuration: a process of its own takes a second to start. */
export async function runHere(
  args: string[],
  environment: Record<string, string>,
): Promise<Omit<Ended, "ms">> {
  const said = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof said) => ({ write: (text: string) => (said[name] += text) });
  const to = { stdout: stream("stdout"), stderr: stream("stderr"), exitCode: 0 };
  await runPartnergraph(args, to, environment);
  return { code: to.exitCode, ...said };
}

/** Runs `partnergraph admin`, see `runHere`. */
export function runAdminHere(
  args: string[],
  environment: Record<string, string>,
): Promise<Omit<Ended, "ms">> {
  return runHere(["admin", ...args], environment);
}
