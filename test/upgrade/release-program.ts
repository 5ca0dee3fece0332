import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(__dirname, "../..");
const START_DEADLINE_MS = 60_000;

/** The program of one commit, built in a scratch folder. */
export interface ReleaseProgram {
  commit: string;
  /** Starts its server; the clock is off by so many milliseconds. */
  start(environment: Record<string, string>, clockShiftMs: number): Promise<RunningRelease>;
  remove(): Promise<void>;
}

/** A server of that commit. */
export interface RunningRelease {
  url: string;
  tokenOf(person: string): Promise<string>;
  /** Asks it to stop, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Checks a commit out beside the working tree and builds it with the packages that it asks for. */
export async function buildRelease(commit: string): Promise<ReleaseProgram> {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-release-"));
  const source = join(folder, "source");
  await run("git", ["worktree", "add", "--detach", source, commit], { cwd: root });
  if (packagesOf(source) === packagesOf(root))
    symlinkSync(join(root, "node_modules"), join(source, "node_modules"));
  else await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: source });
  await run("npm", ["run", "-s", "build"], { cwd: source });
  const { stdout } = await run("git", ["rev-parse", "HEAD"], { cwd: source });
  return {
    commit: stdout.trim(),
    start: (environment, clockShiftMs) => start(source, environment, clockShiftMs),
    remove: async () => {
      await run("git", ["worktree", "remove", "--force", source], { cwd: root });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Everything that `npm ci` installs, without the version of the program itself. */
function packagesOf(folder: string): string {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  return JSON.stringify({ ...lock.packages, "": { ...lock.packages[""], version: undefined } });
}

async function start(
  cwd: string,
  environment: Record<string, string>,
  clockShiftMs: number,
): Promise<RunningRelease> {
  const env = {
    PATH: process.env.PATH ?? "",
    PORT: "0",
    LOG_LEVEL: "warn",
    ...environment,
    CLOCK_SHIFT_MS: String(clockShiftMs),
  };
  const preload = ["-r", join(__dirname, "shift-clock.cjs")];
  const server = spawn(process.execPath, [...preload, "dist/src/main.js"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => server.once("close", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const found = /^ +GraphQL +(http\S+)\/graphql /m.exec(said)?.[1];
      if (found) resolve(found);
    });
    void ended.then((code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`The server did not come up:\n${said}`)), START_DEADLINE_MS).unref();
  });
  const tokens = new Map<string, string>();
  const printer = join("dist", "src/commands/print-token.js");
  if (!existsSync(join(cwd, printer)))
    throw new Error(`${printer} is not there any more; say here how tokens are had.`);
  return {
    url,
    tokenOf: async (person) => {
      const known = tokens.get(person);
      if (known) return known;
      const { stdout } = await run(process.execPath, [...preload, printer, person], { cwd, env });
      tokens.set(person, stdout.trim());
      return stdout.trim();
    },
    stop: async () => {
      server.kill("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`The server stopped with ${code}.`);
    },
  };
}
