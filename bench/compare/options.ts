import { parseArgs } from "node:util";
import type { DatabaseKind } from "../environment";
import { positive, readDatabases } from "../requests/options";

/** What a comparison was asked for. */
export interface CompareOptions<Scale> {
  /** The commit to compare with. */
  against: string;
  /** What to compare, by name. */
  only: string[];
  databases: DatabaseKind[];
  /** How often both programs are started anew. */
  launches: number;
  /** How many rounds there are in each launch. */
  roundsPerLaunch: number;
  /** The most that the ratio of CPU may be, for a verdict. */
  bound: number | undefined;
  scale: Scale;
}

/** Whether a command line asks for a comparison with a commit. */
export function isComparison(args: string[]): boolean {
  return args.some((word) => word === "--against" || word.startsWith("--against="));
}

/** What a kind of comparison can be asked for, and what it does without being asked. */
export interface CompareDefaults<Scale> {
  /** The names that `--only` takes. */
  names: string[];
  databases: DatabaseKind[];
  rounds: number;
  launches: number;
  /** Further numbers, each an option of this name. */
  scale: Scale;
}

/**
 * Reads the command line of a comparison: `--against COMMIT --only byId,list --database sqlite --rounds 15 --launches 5
 * --bound 1.10`, and the numbers of `defaults.scale` by their names.
 * @throws Error it cannot be understood
 */
export function readCompareOptions<Scale extends Record<string, number>>(
  args: string[],
  defaults: CompareDefaults<Scale>,
): CompareOptions<Scale> {
  const text = { type: "string" } as const;
  const names = [
    "against",
    "only",
    "database",
    "rounds",
    "launches",
    "bound",
    ...Object.keys(defaults.scale),
  ];
  const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, text])) });
  const given = values as Record<string, string | undefined>;
  if (!given.against) throw new Error("--against needs a commit");
  const number = (name: string, usual: number) => positive(name, given[name] ?? String(usual));
  const rounds = whole("rounds", number("rounds", defaults.rounds));
  const launches = Math.min(rounds, whole("launches", number("launches", defaults.launches)));
  const scale = Object.entries(defaults.scale).map(([name, usual]) => [name, number(name, usual)]);
  return {
    against: given.against,
    only: given.only ? known(given.only.split(","), defaults.names) : defaults.names,
    databases: given.database ? readDatabases(given.database) : defaults.databases,
    launches,
    roundsPerLaunch: Math.ceil(rounds / launches),
    bound: given.bound === undefined ? undefined : positive("bound", given.bound),
    scale: Object.fromEntries(scale) as Scale,
  };
}

function known(names: string[], all: string[]): string[] {
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names;
  throw new Error(`--only: unknown ${unknown.join(", ")}. There are ${all.join(", ")}`);
}

function whole(name: string, figure: number): number {
  if (Number.isInteger(figure)) return figure;
  throw new Error(`--${name} must be a whole number`);
}
