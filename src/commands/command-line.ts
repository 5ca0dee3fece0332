import { parseArgs } from "node:util";
import { DomainError, InvalidInput } from "../errors/domain-error";
import { isDamaged } from "../values/utf8";
import type { OptionAbout, OptionValues, Subcommand } from "./subcommand";

/** What a command line says, and everything that is wrong with it, each in words that name the option. */
export interface CommandLine {
  values: OptionValues;
  problems: string[];
}

/** Reads the options of one subcommand and lets it check them; touches no database. */
export function readCommandLine(subcommand: Subcommand, args: string[]): CommandLine {
  const { options } = subcommand;
  const { values, valueless, problems } = readOptions(subcommand, args);
  const missing = Object.keys(options).filter((name) => options[name].required && values[name] === undefined);
  for (const name of missing) {
    const what = valueless.has(name) ? "needs a value" : "is required";
    problems.push(`--${name} ${what}: ${options[name].about}.`);
  }
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices && value !== undefined && !choices.includes(value)) {
      problems.push(`--${name} must be one of ${choices.join(", ")}.`);
    }
  }
  // What was not given at all was reported above; its emptiness breaks other rules too, which helps nobody.
  const checked = problemsOf(subcommand, values).filter(
    ({ field }) => !missing.includes(optionOf(options, field) ?? ""),
  );
  return { values, problems: [...problems, ...checked.map((problem) => inWords(options, problem))] };
}

/** A refusal in words that name the option in place of the input's field. */
export function inWords(
  options: Record<string, OptionAbout>,
  { field, message, details }: DomainError,
): string {
  const option = optionOf(options, field);
  const existing = details?.existingId;
  const words = existing && !message.includes(existing) ? `${message} (${existing})` : message;
  if (!option || !field) return words;
  // A field of one small letter word, such as domain, may stand in a sentence as the plain word that it is.
  const isUnmistakable = /[A-Z]/.test(field);
  const named = words.replace(/\w+(?:\.\w+)*/g, (word, at) =>
    word === field && (isUnmistakable || at === 0) ? `--${option}` : word,
  );
  return named.includes(`--${option}`) ? named : `--${option}: ${named}`;
}

/** Whether a command line asks for help: `--help`, or `-h` where it is not the value of an option. */
export function asksForHelp(args: string[]): boolean {
  return withValuesJoined(args).some((arg) => arg === "--help" || arg === "-h");
}

function readOptions(
  { options, argument }: Pick<Subcommand, "options" | "argument">,
  args: string[],
): CommandLine & { valueless: Set<string> } {
  const { tokens } = parseArgs({ args: withValuesJoined(args), strict: false, tokens: true });
  const values: OptionValues = {};
  const valueless = new Set<string>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional" && argument && values[argument.name] === undefined) {
      values[argument.name] = token.value;
    } else if (token.kind === "positional") {
      problems.push(`${token.value} stands there without an option; quote a value that has spaces.`);
    } else if (token.kind === "option" && !Object.hasOwn(options, token.name)) {
      problems.push(`${token.rawName} is no option here; ${namesOf(options)}.`);
    } else if (token.kind === "option" && values[token.name] !== undefined) {
      problems.push(`--${token.name} is given twice.`);
    } else if (token.kind === "option" && isDamaged(token.value ?? "")) {
      problems.push(`--${token.name} is not UTF-8; set the terminal to UTF-8 and type it again.`);
      values[token.name] = token.value;
    } else if (token.kind === "option") {
      if (token.value === undefined) valueless.add(token.name);
      // Of those that are required the caller says it, together with those that were not given at all.
      if (token.value === undefined && !options[token.name].required)
        problems.push(`--${token.name} needs a value: ${options[token.name].about}.`);
      values[token.name] = token.value;
    }
  }
  if (argument && values[argument.name] === undefined)
    problems.unshift(`${argument.name} is required: ${argument.about}.`);
  return { values, valueless, problems };
}

/** `--name Contoso` as `--name=Contoso`: left to itself, parseArgs takes the next option for the value of one without. */
function withValuesJoined(args: string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [arg, next] = [args[at], args.at(at + 1)];
    const takesNext = /^--[^=]+$/.test(arg) && next !== undefined && !next.startsWith("--");
    joined.push(takesNext ? `${arg}=${args[++at]}` : arg);
  }
  return joined;
}

function problemsOf(subcommand: Subcommand, values: OptionValues): DomainError[] {
  try {
    subcommand.check?.(values);
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
}

/** `tenantId` is `--tenant-id`; `organizationId` may be `--organization`. */
function optionOf(options: Record<string, OptionAbout>, field: string | undefined): string | undefined {
  const name = (field ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [name, name.replace(/-id$/, "")].find((candidate) => Object.hasOwn(options, candidate));
}

function namesOf(options: Record<string, OptionAbout>): string {
  const names = Object.keys(options).map((name) => `--${name}`);
  return names.length > 0 ? `there are ${names.join(", ")}` : "there are none, besides --help";
}
