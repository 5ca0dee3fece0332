import { contributions } from "../areas";
import { loadConfig } from "../config/config";
import { systemClock } from "../values/instant";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { openDatabase } from "../database/open-database";
import { runUnitOfWork } from "../unit-of-work/unit-of-work";
import { COMMAND_WAITS } from "../database/waits";
import { unusableDatabase } from "../database/unusable-database";
import { DomainError, InvalidInput } from "../errors/domain-error";
import { openLog } from "../logging/open-log";
import { redactorOf, secretsOf } from "../logging/redact-text";
import { helpOfGroup, helpOfSubcommand } from "./command-help";
import { asksForHelp, inWords, readCommandLine } from "./command-line";
import { ExitCode, exitCodeOf } from "./exit-code";
import {
  COMMON_VARIABLES,
  DATABASE_VARIABLES,
  type DatabaseSubcommand,
  isGroup,
  type OptionValues,
  type Subcommand,
  type SubcommandDependencies,
  type SubcommandGroup,
  type SubcommandResult,
} from "./subcommand";

/** Where a command's text goes: to the standard output and the standard error of its process. */
export interface Terminal {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/** A group of subcommands, and how it is called. */
interface Called {
  called: string;
  group: SubcommandGroup;
}

/** Characters of a word of the command line that a message repeats. */
const MAX_QUOTED = 100;

/**
 * Runs the subcommand that a command line names, or prints the help that it asks for.
 * @param args the words after the name of the group
 * @param environment the configuration, as in `process.env`, which it is when absent
 * @returns the exit code, see ExitCode
 */
export async function runCommand(
  { called, group }: Called,
  [name, ...args]: string[],
  terminal: Terminal,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  if (name === "help" && args.length > 0) return runCommand({ called, group }, [...args, "--help"], terminal);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    terminal.stdout.write(helpOfGroup(called, group));
    return ExitCode.DONE;
  }
  const entry = Object.hasOwn(group.subcommands, name) ? group.subcommands[name] : undefined;
  if (!entry) {
    const known = `Say what to do: ${Object.keys(group.subcommands).join(", ")}; or --help.`;
    terminal.stderr.write(`${name.slice(0, MAX_QUOTED)} is no subcommand of ${called}. ${known}\n`);
    return ExitCode.COULD_NOT_RUN;
  }
  const inner = `${called} ${name}`;
  if (isGroup(entry)) return runCommand({ called: inner, group: entry }, args, terminal, environment);
  if (asksForHelp(args)) {
    terminal.stdout.write(helpOfSubcommand(inner, entry));
    return ExitCode.DONE;
  }
  return runSubcommand({ called: inner, subcommand: entry, args }, terminal, environment);
}

interface Run {
  called: string;
  subcommand: Subcommand;
  args: string[];
}

async function runSubcommand(
  { called, subcommand, args }: Run,
  { stdout, stderr }: Terminal,
  environment: NodeJS.ProcessEnv | undefined,
): Promise<number> {
  const { values, problems } = readCommandLine(subcommand, args);
  if (problems.length > 0) {
    stderr.write(`${[...problems, `See: ${called} --help`].join("\n")}\n`);
    return ExitCode.COULD_NOT_RUN;
  }
  const print = (line: string) => void stdout.write(`${line}\n`);
  let redact = redactorOf();
  const complain = (line: string) => void stderr.write(`${redact(line)}\n`);
  try {
    const config = loadConfig(environment, variablesOf(subcommand));
    redact = redactorOf(secretsOf(config));
    config.warnings.forEach(complain);
    const dependencies = { config, log: openLog(config, process.stderr), print, complain };
    const result = await (isStandalone(subcommand)
      ? subcommand.runAlone(values, dependencies)
      : runInDatabase(subcommand, values, dependencies, called.replace(/^npx partnergraph /, "")));
    const { text, exitCode } =
      typeof result === "string" ? { text: result, exitCode: ExitCode.DONE } : result;
    if (text !== undefined) print(text);
    return exitCode;
  } catch (error) {
    complain(refusalInWords(subcommand, error));
    return exitCodeOf(error);
  }
}

function variablesOf(subcommand: Subcommand): string[] {
  const ofDatabase = isStandalone(subcommand) ? [] : DATABASE_VARIABLES;
  return [...COMMON_VARIABLES, ...ofDatabase, ...(subcommand.variables ?? [])];
}

function isStandalone(subcommand: Subcommand): subcommand is Exclude<Subcommand, DatabaseSubcommand> {
  return "runAlone" in subcommand;
}

async function runInDatabase(
  subcommand: DatabaseSubcommand,
  values: OptionValues,
  dependencies: SubcommandDependencies,
  requestId: string,
): Promise<string | SubcommandResult> {
  const { config, log } = dependencies;
  const database = await openDatabase(config.database, {
    onProgress: (message) => log.info(message),
    waits: COMMAND_WAITS,
    mustExist: !subcommand.makesDatabase,
  });
  const caller = { actor: { kind: "SYSTEM" as const }, requestId, now: systemClock, contributions };
  const ctx: UseCaseContext = {
    ...caller,
    settings: config,
    matrix: config.matrix,
    reportDefect: (message) => log.error(message),
    read: (work) => database.read(work),
    // Nobody to wake in this process: servers find new events when they next look.
    transaction: (work, once) => runUnitOfWork(database, () => undefined, caller, work, once),
  };
  try {
    return await subcommand.run(ctx, values, { ...dependencies, database });
  } catch (error) {
    throw unusableDatabase(error, config.database) ?? error;
  } finally {
    await database.close();
  }
}

/** What a subcommand threw, in words that name its options; an error of ours in the words that it has. */
function refusalInWords({ options }: Subcommand, error: unknown): string {
  const refusals = error instanceof InvalidInput ? error.problems : [error];
  const lines = refusals.map((refusal) =>
    refusal instanceof DomainError ? inWords(options, refusal) : (refusal as Error).message,
  );
  return lines.join("\n");
}
