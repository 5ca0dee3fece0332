import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(__dirname, "../..");

/** The program as it is delivered: compiled as `npm run build` does, in a folder of this test's own. */
export interface Program {
  /** The path of the compiled command line. */
  file: string;
  /** Starts `node dist/src/main.js`, with nothing of this process' configuration. */
  start(environment: Record<string, string>): Run;
  /** Runs `partnergraph` with these words to its end. */
  partnergraph(args: string[], environment: Record<string, string>): Promise<Ended>;
  /** The same, without waiting for its end. */
  run(args: string[], environment: Record<string, string>): Run;
  /** What each process that was started or run so far has written to its standard output and error. */
  outputs(): string[];
  /** Ends what is still running, and removes the folder. */
  remove(): Promise<void>;
}

/** A process that is running. */
export interface Run {
  process: ChildProcess;
  startedAt: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The server's address, when it has said that it is up. */
  up(): Promise<string>;
  ended: Promise<Ended>;
}

/** How a process ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  ms: number;
}

/** Longer than any start takes: tests fail on what is said, not on how fast. */
const PATIENCE_MS = 120_000;

/** Compiles the program apart from `dist`, so that builds at the same time do not fight; in a run of jest once for all tests. */
export async function buildProgram(): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-program-"));
  const run = process.env.PARTNERGRAPH_TEST_RUN_FOLDER;
  const dist = run ? await compileOnce(join(run, "program")) : await compileProgram(folder);
  return programIn(dist, folder);
}

/**
 * A program that is compiled already.
 * @param dist its folder with `src/main.js`
 * @param folder where its processes run; it is removed with the program
 */
export function programIn(dist: string, folder: string): Program {
  const runs: Run[] = [];
  const begin = (file: string, args: string[], environment: Record<string, string>) => {
    const run = spawnRun(join(dist, file), args, folder, environment);
    runs.push(run);
    return run;
  };
  return {
    file: join(dist, "src/partnergraph.js"),
    start: (environment) => begin("src/main.js", [], environment),
    partnergraph: (args, environment) => begin("src/partnergraph.js", args, environment).ended,
    run: (args, environment) => begin("src/partnergraph.js", args, environment),
    outputs: () => runs.map(({ stdout, stderr }) => stdout + stderr),
    remove: async () => {
      for (const run of runs) if (run.process.exitCode === null) run.process.kill("SIGKILL");
      await Promise.all(runs.map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Compiles the program into a folder, unless it is there already. Several processes may do it at once: one of them is first. */
async function compileOnce(folder: string): Promise<string> {
  const dist = join(folder, "dist");
  if (existsSync(dist)) return dist;
  const own = mkdtempSync(`${folder}-`);
  await compileProgram(own);
  try {
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(dist)) throw error;
  }
  return dist;
}

/** Compiles the program into `dist` in a folder, as `npm run build` does, and tells where that is. */
export async function compileProgram(folder: string): Promise<string> {
  const dist = join(folder, "dist");
  mkdirSync(dist);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  const swc = join(root, "node_modules/@swc/cli/bin/swc.js");
  const rooms = ["src", "schema", "entities", "resolvers", "ormconfig.ts"];
  await promisify(execFile)(process.execPath, [swc, ...rooms, "-d", dist, "-q"], { cwd: root });
  return dist;
}

function spawnRun(file: string, args: string[], cwd: string, environment: Record<string, string>): Run {
  const startedAt = performance.now();
  const env = { PATH: process.env.PATH ?? "", ...environment };
  const child = spawn(process.execPath, [file, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr, ms: performance.now() - startedAt })),
  );
  const up = () =>
    new Promise<string>((resolve, reject) => {
      const give = (outcome: () => void) => {
        clearInterval(looking);
        clearTimeout(patience);
        outcome();
      };
      const looking = setInterval(() => {
        const url = /^ +GraphQL +(http\S+)\/graphql /m.exec(stdout)?.[1];
        if (url && /^ +Health /m.test(stdout)) give(() => resolve(url));
        else if (child.exitCode !== null) give(() => reject(new Error(`it ended:\n${stdout}\n${stderr}`)));
      }, 10);
      const patience = setTimeout(
        () => give(() => reject(new Error(`it did not come up:\n${stdout}\n${stderr}`))),
        PATIENCE_MS,
      );
    });
  return {
    process: child,
    startedAt,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    up,
    ended,
  };
}
