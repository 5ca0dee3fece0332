import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { isDeepStrictEqual } from "node:util";
import { tell } from "../tell";

const run = promisify(execFile);
const ROOT = join(__dirname, "../..");

/** A program that was built in a folder of its own. */
export interface Build {
  /** What it was built from, for the report. */
  label: string;
  /** The folder with `src/main.js`. */
  dist: string;
}

/** The two programs that are compared. */
export interface Builds {
  /** The working tree as it is, with changes that are not committed yet. */
  candidate: Build;
  /** The commit that it is compared with. */
  baseline: Build;
  /** Deletes both folders. They are deleted at the end of the process too, also after an interrupt. */
  remove(): void;
}

/**
 * Builds the working tree and a commit, each in a scratch folder, with `npm run build`.
 * @param commit whatever Git takes for one
 * @throws Error there is no such commit, or one of the two cannot be built
 */
export async function buildBoth(commit: string): Promise<Builds> {
  const sha = await commitId(commit).catch((error: unknown) => {
    throw new Error(`--against: ${(error as Error).message}`);
  });
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-compare-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const trees = { candidate: join(folder, "candidate"), baseline: join(folder, "baseline") };
    await copyWorkingTree(trees.candidate);
    await extractCommit(sha, trees.baseline);
    await build(trees.candidate);
    await build(trees.baseline);
    return {
      candidate: { label: await workingTreeLabel(), dist: join(trees.candidate, "dist") },
      baseline: { label: `commit ${sha.slice(0, 10)}`, dist: join(trees.baseline, "dist") },
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Builds one commit in a scratch folder, with `npm run build` and the packages that it asks for.
 * @param commit whatever Git takes for one
 * @throws Error there is no such commit, or it cannot be built
 */
export async function buildCommit(commit: string): Promise<Build & { folder: string; remove(): void }> {
  const sha = await commitId(commit);
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-commit-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const tree = join(folder, "tree");
    await extractCommit(sha, tree);
    await build(tree);
    return { label: `commit ${sha.slice(0, 10)}`, dist: join(tree, "dist"), folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function commitId(commit: string): Promise<string> {
  try {
    return await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`);
  } catch {
    throw new Error(`there is no commit ${commit} in this repository`);
  }
}

async function workingTreeLabel(): Promise<string> {
  const head = (await git("rev-parse", "HEAD")).slice(0, 10);
  const changes = await git("status", "--porcelain");
  return changes === "" ? `commit ${head}` : `the working tree: commit ${head} with uncommitted changes`;
}

/** Every file that Git knows or would add, as it is now. */
async function copyWorkingTree(target: string): Promise<void> {
  const files = await git("ls-files", "-z", "--cached", "--others", "--exclude-standard");
  for (const file of new Set(files.split("\0"))) {
    if (file === "" || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(ROOT, file), join(target, file));
  }
}

async function extractCommit(sha: string, target: string): Promise<void> {
  const archive = `${target}.tar`;
  mkdirSync(target);
  await git("archive", "--format=tar", `--output=${archive}`, sha);
  await run("tar", ["-xf", archive, "-C", target]);
  rmSync(archive);
}

async function build(tree: string): Promise<void> {
  if (isDeepStrictEqual(dependenciesOf(tree), dependenciesOf(ROOT)))
    symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  else {
    tell("the commit has other dependencies: installing them");
    await npm(tree, "ci", "--no-audit", "--no-fund", "--prefer-offline");
  }
  await npm(tree, "run", "-s", "build");
}

/** What the lock file pins; the version of the program itself does not matter. */
function dependenciesOf(tree: string): unknown {
  const lock = JSON.parse(readFileSync(join(tree, "package-lock.json"), "utf8")) as {
    packages: Record<string, object>;
  };
  return { ...lock.packages, "": { ...lock.packages[""], version: "" } };
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { cwd: ROOT, maxBuffer: 64 * 2 ** 20 });
  return stdout.trim();
}

/** In a process group of its own, so that nothing of it goes on when the bench is interrupted. */
function npm(cwd: string, ...args: string[]): Promise<void> {
  const child = spawn("npm", args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const endGroup = () => {
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  };
  process.prependOnceListener("exit", endGroup);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(" ")} failed in ${cwd}:\n${output.slice(-4_000)}`));
    });
  }).finally(() => process.off("exit", endGroup));
}
