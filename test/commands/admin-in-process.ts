import { runAdmin } from "../../src/server/commands/run-admin";
import type { Ended } from "../server/program";

/** Runs `npm run admin` in this process, with nothing of its configuration: a process of its own takes a second to start. */
export async function runAdminHere(
  args: string[],
  environment: Record<string, string>,
): Promise<Omit<Ended, "ms">> {
  const said = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof said) => ({ write: (text: string) => (said[name] += text) });
  const code = await runAdmin(args, { stdout: stream("stdout"), stderr: stream("stderr") }, environment);
  return { code, ...said };
}
