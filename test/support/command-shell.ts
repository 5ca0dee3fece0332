import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** What a script did. */
export interface ScriptEnded {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A script that is running. */
export interface RunningScript {
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<ScriptEnded>;
}

/** Runs shell scripts as documents have them, with a compiled program in the place of `npx partnergraph` and `npm run`. */
export interface CommandShell {
  /** An empty folder, for what scripts write. */
  folder: string;
  /** Runs a script to its end. */
  run(script: string, cwd?: string): Promise<ScriptEnded>;
  /** Starts a script that does not end by itself. */
  start(script: string, cwd?: string): RunningScript;
  /** Ends what runs, and removes the folder. */
  close(): void;
}

/**
 * Opens a shell.
 * @param program the path of the compiled `partnergraph.js`
 * @param environment the variables of all scripts, besides PATH
 * @param more further programs by their names, as scripts of bash
 */
export function openCommandShell(
  program: string,
  environment: Record<string, string>,
  more: Record<string, string> = {},
): CommandShell {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-shell-"));
  const programs = join(folder, "bin");
  mkdirSync(programs);
  const scripts = { npx: npxScript(program), npm: npmScript(program), ...more };
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(programs, name), `#!/usr/bin/env bash\nset -euo pipefail\n${text}\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const env = { ...environment, PATH: `${programs}:${process.env.PATH ?? ""}`, HOME: folder };
  const running = new Set<ChildProcess>();
  const start = (script: string, cwd = ROOT): RunningScript => {
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd,
      env,
      detached: true, // What the script started ends with it.
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<ScriptEnded>((resolve) =>
      child.once("close", (code) => {
        running.delete(child);
        resolve({ code, stdout, stderr });
      }),
    );
    return { stdout: () => stdout, stderr: () => stderr, ended };
  };
  return {
    folder,
    start,
    run: (script, cwd) => start(script, cwd).ended,
    close: () => {
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const npxScript = (program: string) =>
  `[ "$1" = partnergraph ] || { echo "no npx $1 here" >&2; exit 97; }\nshift\nexec "${process.execPath}" "${program}" "$@"`;

/** `npm run -s NAME -- ...` for the scripts of package.json that run a command of the program. */
function npmScript(program: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const cases = Object.entries(scripts).flatMap(([name, script]) => {
    const subcommand = / node dist\/src\/partnergraph\.js (\S+)$/.exec(script)?.[1];
    return subcommand ? [`${name}) exec "${process.execPath}" "${program}" ${subcommand} "$@" ;;`] : [];
  });
  return [
    '[ "$1 $2" = "run -s" ] || { echo "no npm $* here" >&2; exit 97; }',
    'name=$3; shift 3; [ "${1:-}" != -- ] || shift',
    `case $name in\n${cases.join("\n")}\n*) echo "no npm run $name here" >&2; exit 97 ;;\nesac`,
  ].join("\n");
}
