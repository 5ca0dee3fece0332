import "reflect-metadata";
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
import type { Subcommand, SubcommandResult } from "./subcommand";
import { verifyCommand } from "./verify";
import { verifyActivityLogCommand } from "./verify-activity-log";

/** What can be done by whoever may start the program, besides all that users do through the API. */
const subcommands: Record<string, Subcommand> = {
  "create-partner": createPartnerCommand,
  "create-partnership": createPartnershipCommand,
  "add-global-admin": addGlobalAdminCommand,
  "verify-activity-log": verifyActivityLogCommand,
  "recount-rows": recountRowsCommand,
  verify: verifyCommand,
};

/** `npm run admin -- SUBCOMMAND --OPTION VALUE ...`; exits 1, or as the subcommand says, when it was refused. */
async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || [name, ...args].includes("--help")) {
    process.stdout.write(helpOf(subcommands));
    return;
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  try {
    if (!subcommand) throw new Error(`Say what to do: ${Object.keys(subcommands).join(", ")}; or --help.`);
    const result = await run(name, subcommand, args);
    const { text, exitCode } = typeof result === "string" ? { text: result, exitCode: 0 } : result;
    process.stdout.write(`${text}\n`);
    process.exitCode = exitCode;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = subcommand?.exitCodeOfFailure ?? 1;
  }
}

async function run(name: string, subcommand: Subcommand, args: string[]): Promise<string | SubcommandResult> {
  const { values, problems } = readCommandLine(subcommand, args);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const config = loadConfig();
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const { mustExist } = subcommand;
  const onProgress = (message: string) => log.info(message);
  const database = await openDatabase(config.database, { onProgress, mustExist });
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
    return await subcommand.run(ctx, values, database);
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

void main(process.argv.slice(2));
