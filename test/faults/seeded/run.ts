import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runTool } from "../../support/run-tool";
import { readSeededFaults, type SeededFault } from "./faults";
import { ScratchTree, type TestRun } from "./scratch-tree";

/** Puts one fault after the other into a copy of the program and shows that the tests find it. */
const USAGE = `npm run test:seeded-faults -- [OPTION ...]

Puts one fault after the other into a copy of the program and shows that the tests find it.

  --only WORD        only faults whose name has this in it; may be given several times
  --everything       all tests for each fault, not only those that its patch names
  --tree FOLDER      another tree of the program and its tests
  --project NAME     only this project of jest's, such as plain, sqlite, mariadb; may be given several times
  --verbose          with jest's output`;

const readOptions = (args: string[]) =>
  parseArgs({
    args,
    options: {
      only: { type: "string", multiple: true },
      project: { type: "string", multiple: true, default: [] },
      everything: { type: "boolean", default: false },
      tree: { type: "string", default: resolve(__dirname, "../../..") },
      verbose: { type: "boolean", default: false },
    },
  }).values;

type Options = ReturnType<typeof readOptions>;

const jestOptions = ({ project, verbose }: Options) => ({ projects: project, isLoud: verbose });

const say = (line: string) => void process.stdout.write(`${line}\n`);

function chosenFaults({ only }: Options): SeededFault[] {
  return readSeededFaults().filter(({ name }) => !only || only.some((word) => name.includes(word)));
}

/** Why a run of a tree with a fault in it does not show that the fault is found; nothing when it does. */
function problemOf({ failed, notRun, passed }: TestRun): string | undefined {
  if (notRun.length > 0) return `NOT RUN: ${notRun.join(", ")}`;
  return failed > 0 ? undefined : `NOT FOUND: ${passed} tests pass`;
}

/** Tries one fault; gives what is wrong. */
function tryFault(tree: ScratchTree, fault: SeededFault, options: Options): string | undefined {
  const { file, foundBy } = fault;
  const refusal = tree.patch(file);
  if (refusal) return `NO LONGER APPLIES, make the patch anew: ${refusal}`;
  const run = tree.test(options.everything ? [] : foundBy, jestOptions(options));
  const problem = problemOf(run);
  say(`${problem ? "    " : "ok  "}${fault.name}: ${problem ?? `${run.failed} failed: ${run.failures[0]}`}`);
  const left = tree.patch(file, { reverse: true });
  if (left) throw new Error(`${fault.name} cannot be taken back: ${left}`);
  return problem;
}

function main(args: string[]): void {
  const options = readOptions(args);
  const faults = chosenFaults(options);
  const tree = ScratchTree.of(resolve(options.tree));
  try {
    const files = options.everything ? [] : [...new Set(faults.flatMap(({ foundBy }) => foundBy))];
    const sound = tree.test(files, jestOptions(options));
    if (sound.failed > 0 || sound.notRun.length > 0 || sound.passed === 0)
      throw new Error(`Without a fault the tests must pass: ${JSON.stringify(sound)}`);
    say(`ok  without a fault: ${sound.passed} tests pass`);
    const problems = faults.flatMap((fault) => {
      const problem = tryFault(tree, fault, options);
      return problem ? [`${fault.name} (${fault.fault}): ${problem}`] : [];
    });
    say(`\n${faults.length - problems.length} of ${faults.length} faults are found.`);
    for (const problem of problems) say(problem);
    process.exitCode = problems.length > 0 || faults.length === 0 ? 1 : 0;
  } finally {
    tree.remove();
  }
}

runTool(USAGE, main);
