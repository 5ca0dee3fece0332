import "reflect-metadata";
import { fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../test/support/run-tool";
import { CHILD } from "../child";
import { readCpuProfile, type SelfTime } from "./cpu-profile";
import { makeEnvironment } from "../environment";
import { jobOf, load } from "./measure";
import { readOptions } from "./options";
import { seed } from "./seed";
import { startBenchServer } from "./servers";

/**
 * `npm run bench:profile -- --database sqlite --questions list --seconds 10`: where our server's CPU time goes while it
 * answers one question after the other, warm. The profiler itself costs some.
 */
async function main(args: string[]): Promise<void> {
  const { databases, scale } = readOptions(args);
  for (const database of databases) {
    for (const question of scale.questions) {
      const environment = await makeEnvironment(database);
      const client = fork(join(__dirname, "load.ts"), [], CHILD);
      const folder = join(environment.folder, "profile");
      mkdirSync(folder);
      try {
        const supply = await seed(environment, question.mutates ? 2 * scale.calls : 0);
        const began = performance.now();
        const server = await startBenchServer("ours", environment, supply, [
          "--cpu-prof",
          `--cpu-prof-dir=${folder}`,
        ]);
        const job = () => ({ ...scale, ...jobOf(question, supply, scale.calls), url: server.url });
        await load(client, { ...job(), seconds: scale.seconds / 2 });
        const skipMs = performance.now() - began;
        const { count, seconds } = await load(client, job());
        await server.kill();
        const { packages, functions } = readCpuProfile(folder, skipMs);
        const title = `${environment.version}, ${question.name}, ${(count / seconds).toFixed(0)} requests/s`;
        process.stdout.write(`\n${title}\n${listOf(packages, 16)}\n${listOf(functions, 40)}\n`);
      } finally {
        client.kill("SIGKILL");
        await environment.remove();
      }
    }
  }
}

function listOf(times: SelfTime[], most: number): string {
  const lines = times
    .slice(0, most)
    .map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  return `${lines.join("\n")}\n`;
}

// Not the usual sudden end: what was started goes with us.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const USAGE = `npm run bench:profile -- [OPTION ...]

Shows where the server's CPU time goes while it answers one question after the other.

  --database NAME    sqlite, mariadb, or both by a comma
  --questions A,B    only these
  --seconds N --calls N --connections N`;

runTool(USAGE, main, "stack");
