import type { UseCaseContext } from "../../context/use-case-context";
import type { Database } from "../../database/database";

/** One option of a subcommand of `npm run admin`; every option takes a value. */
export interface OptionAbout {
  /** What it is: for the help, and for the message when it is missing. */
  about: string;
  required?: boolean;
  /** The only values that it takes, where it does not take any text. */
  choices?: readonly string[];
}

/** The options that were given, by name. Of a required one the value is there. */
export type OptionValues = Record<string, string | undefined>;

/** What a subcommand that ran to its end has to say. */
export interface SubcommandResult {
  text: string;
  exitCode: number;
}

/** What a subcommand uses in addition to its context. */
export interface SubcommandDependencies {
  database: Database;
  /** Prints a line to standard output at once; for a subcommand that has many. */
  print: (line: string) => void;
}

/** One subcommand of `npm run admin`. */
export interface Subcommand {
  /** What it does, in a line of the help. */
  about: string;
  /** By the option's name without its two hyphens. */
  options: Record<string, OptionAbout>;
  /** Throws InvalidInput with everything that is wrong with the values; called before the database is opened. */
  check?(values: OptionValues): void;
  /** Whether it makes the database where there is none, and migrates it, as a start of the server does. False when absent. */
  makesDatabase?: boolean;
  /** The exit code when it throws; 1 when absent. */
  exitCodeOfFailure?: number;
  /** Does it, as the program itself, and gives what to print: the ids, and what to do next. */
  run(
    ctx: UseCaseContext,
    values: OptionValues,
    dependencies: SubcommandDependencies,
  ): Promise<string | SubcommandResult>;
}
