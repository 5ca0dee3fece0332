import pino from "pino";
import { loadConfig } from "../../config/config";
import { systemClock } from "../../context/instant";
import type { UseCaseContext } from "../../context/use-case-context";
import { openDatabase } from "../../database/open-database";
import { runUnitOfWork } from "../../database/unit-of-work";
import { DomainError, InvalidInput } from "../../errors/domain-error";
import { addGlobalAdminCommand } from "./add-global-admin";
import { helpOf, inWords, readCommandLine } from "./command-line";
import { createPartnerCommand } from "./create-partner";
import { createPartnershipCommand } from "./create-partnership";
import { recountRowsCommand } from "./recount-rows";
import type { Subcommand, SubcommandDependencies, SubcommandResult } from "./subcommand";
import { verifyCommand } from "./verify";
import { verifyActivityLogCommand } from "./verify-activity-log";

/** What an operator can do on the command line, in addition to what users do through the API. */
const subcommands: Record<string, Subcommand> = {
  "create-partner": createPartnerCommand,
  "create-partnership": createPartnershipCommand,
  "add-global-admin": addGlobalAdminCommand,
  "verify-activity-log": verifyActivityLogCommand,
  "recount-rows": recountRowsCommand,
  verify: verifyCommand,
};

/** Where a command's text goes: to the standard output and the standard error of its process. */
export interface Terminal {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
}

/**
 * Runs `npm run admin -- SUBCOMMAND --OPTION VALUE ...` and gives the exit code: 1, or what the subcommand says, when it was
 * refused. Progress, such as migrations, is logged to the standard error of this process.
 * @param commandLine the subcommand and its options
 * @param terminal where its text goes
 * @param environment the configuration, as in `process.env`, which it is when absent
 */
export async function runAdmin(
  [name, ...args]: string[],
  { stdout, stderr }: Terminal,
  environment?: NodeJS.ProcessEnv,
): Promise<number> {
  if (name === undefined || [name, ...args].includes("--help")) {
    stdout.write(helpOf(subcommands));
    return 0;
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  try {
    if (!subcommand) throw new Error(`${name.slice(0, MAX_QUOTED)} is no subcommand. ${whatThereIs()}`);
    const print = (line: string) => void stdout.write(`${line}\n`);
    const result = await run({ name, subcommand, args, environment, print });
    const { text, exitCode } = typeof result === "string" ? { text: result, exitCode: 0 } : result;
    print(text);
    return exitCode;
  } catch (error) {
    stderr.write(`${(error as Error).message}\n`);
    return subcommand?.exitCodeOfFailure ?? 1;
  }
}

/** Characters of a word of the command line that a message repeats. */
const MAX_QUOTED = 100;

const whatThereIs = () => `Say what to do: ${Object.keys(subcommands).join(", ")}; or --help.`;

interface Run extends Pick<SubcommandDependencies, "print"> {
  name: string;
  subcommand: Subcommand;
  args: string[];
  environment: NodeJS.ProcessEnv | undefined;
}

async function run({ name, subcommand, args, environment, print }: Run): Promise<string | SubcommandResult> {
  const { values, problems } = readCommandLine(subcommand, args);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const config = loadConfig(environment);
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const onProgress = (message: string) => log.info(message);
  const database = await openDatabase(config.database, {
    onProgress,
    mustExist: !subcommand.makesDatabase,
  });
  const caller = { actor: { kind: "SYSTEM" as const }, requestId: `admin ${name}`, now: systemClock };
  const ctx: UseCaseContext = {
    ...caller,
    settings: config,
    matrix: config.matrix,
    read: (work) => database.read(work),
    // Nobody to wake in this process: servers find new events when they next look.
    transaction: (work, once) => runUnitOfWork(database, () => undefined, caller, work, once),
  };
  try {
    return await subcommand.run(ctx, values, { database, print });
  } catch (error) {
    throw refusalInWords(subcommand, error);
  } finally {
    await database.close();
  }
}

function refusalInWords({ options }: Subcommand, error: unknown): unknown {
  const refusals = error instanceof InvalidInput ? error.problems : [error];
  const ours = refusals.filter((refusal) => refusal instanceof DomainError);
  if (ours.length < refusals.length) return error;
  return new Error(ours.map((refusal) => inWords(options, refusal)).join("\n"));
}
