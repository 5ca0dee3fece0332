import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";

/** What became of a run of tests. */
export interface TestRun {
  passed: number;
  failed: number;
  /** Test files that could not be run at all, such as one that does not compile. */
  notRun: string[];
  /** The names of the first tests that failed. */
  failures: string[];
}

/** Longer than any run takes; a fault can make the program go round in circles. */
const MAX_RUN_MS = 30 * 60_000;

/** What no test reads. */
const LEFT_OUT = new Set([".git", "node_modules", "dist", "data", "coverage"]);

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    assertionResults: { status: string; fullName: string }[];
    status: string;
  }[];
}

/** A copy of the repository in a temporary folder, to which patches are applied and in which tests run. */
export class ScratchTree {
  private constructor(readonly folder: string) {}

  /** Copies a tree of files; its dependencies are linked. */
  static of(source: string): ScratchTree {
    const folder = mkdtempSync(join(tmpdir(), "partnergraph-seeded-"));
    const filter = (path: string) => !LEFT_OUT.has(relative(source, path).split(sep)[0] ?? "");
    cpSync(source, folder, { recursive: true, filter });
    symlinkSync(join(source, "node_modules"), join(folder, "node_modules"));
    return new ScratchTree(folder);
  }

  /** Applies a patch, or takes it back. Gives git's message where that is not possible, and changes nothing then. */
  patch(file: string, { reverse = false } = {}): string | undefined {
    const options = ["apply", "-C1", ...(reverse ? ["--reverse"] : []), file];
    const { status, stderr } = spawnSync("git", options, { cwd: this.folder, encoding: "utf8" });
    return status === 0 ? undefined : stderr.trim();
  }

  /**
   * Runs test files, or all of them, with the configuration of `npm test`, in all projects of jest's or in these. Jest's output
   * goes to ours if `isLoud`.
   */
  test(files: readonly string[], { projects = [] as readonly string[], isLoud = false } = {}): TestRun {
    const report = join(this.folder, "seeded-report.json");
    rmSync(report, { force: true });
    const jest = join(this.folder, "node_modules/jest/bin/jest.js");
    const options = [
      "--json",
      `--outputFile=${report}`,
      ...(projects.length > 0 ? ["--selectProjects", ...projects] : []),
      ...(files.length > 0 ? ["--runTestsByPath", ...files] : []),
    ];
    spawnSync(process.execPath, [jest, ...options], {
      cwd: this.folder,
      env: { ...process.env, PARTNERGRAPH_TEST_SCOPE: "" },
      stdio: ["ignore", "ignore", isLoud ? "inherit" : "ignore"],
      timeout: MAX_RUN_MS,
      killSignal: "SIGKILL",
    });
    if (!existsSync(report))
      return { passed: 0, failed: 0, notRun: ["jest ended without a report"], failures: [] };
    return runOf(JSON.parse(readFileSync(report, "utf8")) as JestReport);
  }

  /** Removes the copy. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function runOf({ numPassedTests, numFailedTests, testResults }: JestReport): TestRun {
  const notRun = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    notRun: notRun.map(({ name }) => name),
    failures: [...new Set(failures)].slice(0, 3),
  };
}
