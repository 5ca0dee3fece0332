import type { Logger } from "pino";
import type { Config } from "../config/config";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { Database } from "../database/database";

/** One option of a subcommand; every option takes a value. */
export interface OptionAbout {
  /** What it is: for the help, and for the message when it is missing. */
  about: string;
  required?: boolean;
  /** The only values that it takes, where it does not take any text. */
  choices?: readonly string[];
}

/** The one word that a subcommand takes without an option, such as a file. It is required. */
export interface ArgumentAbout {
  /** In capitals, as the help shows it: `FILE`. Its value is among the options' by this name. */
  name: string;
  about: string;
}

/** The options that were given, by name, and the argument. Of a required one the value is there. */
export type OptionValues = Record<string, string | undefined>;

/** What a subcommand that ran to its end has to say. */
export interface SubcommandResult {
  /** Printed to standard output; nothing when absent. */
  text?: string;
  exitCode: number;
}

/** What every subcommand uses. */
export interface SubcommandDependencies {
  config: Config;
  /** Progress, on standard error. */
  log: Logger;
  /** Prints a line to standard output at once; for a subcommand that has many. */
  print: (line: string) => void;
  /** Prints a line to standard error at once. */
  complain: (line: string) => void;
}

/** The variables that every command uses. */
export const COMMON_VARIABLES = ["NODE_ENV", "LOG_LEVEL"] as const;

/** The variables that say where the database is, which a command uses that works in it. */
export const DATABASE_VARIABLES = ["DATA_DIR", "DATABASE_URL", "DATABASE_POOL_SIZE"] as const;

interface AnySubcommand {
  /** What it does, in a line of the help. */
  about: string;
  /** By the option's name without its two hyphens. */
  options: Record<string, OptionAbout>;
  argument?: ArgumentAbout;
  /** The variables of the configuration that it uses, besides `COMMON_VARIABLES`: no others are read or required. */
  variables?: readonly string[];
  /** Throws InvalidInput with everything that is wrong with the values; called before anything is opened. */
  check?(values: OptionValues): void;
}

/** A subcommand that works in the configured database, which is opened for it. */
export interface DatabaseSubcommand extends AnySubcommand {
  /** Whether it makes the database where there is none, and migrates it, as a start of the server does. False when absent. */
  makesDatabase?: boolean;
  /** Does it, as the program itself, and gives what to print: the ids, and what to do next. */
  run(
    ctx: UseCaseContext,
    values: OptionValues,
    dependencies: SubcommandDependencies & { database: Database },
  ): Promise<string | SubcommandResult>;
}

/** A subcommand that needs no database, or opens what it needs by itself. */
export interface StandaloneSubcommand extends AnySubcommand {
  /** Does it, and gives what to print. */
  runAlone(values: OptionValues, dependencies: SubcommandDependencies): Promise<string | SubcommandResult>;
}

/** One subcommand of `partnergraph`. */
export type Subcommand = DatabaseSubcommand | StandaloneSubcommand;

/** Subcommands under one name, such as `admin`. */
export interface SubcommandGroup {
  /** What it is for, in a line of the help. */
  about: string;
  /** Lines at the end of the help. */
  notes?: string;
  subcommands: Record<string, Subcommand | SubcommandGroup>;
}

/** Whether it is a group of subcommands, and not one that can be run. */
export function isGroup(entry: Subcommand | SubcommandGroup): entry is SubcommandGroup {
  return "subcommands" in entry;
}
