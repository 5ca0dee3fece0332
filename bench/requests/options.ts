import { parseArgs } from "node:util";
import { type DatabaseKind, databaseKinds } from "../environment";
import { questionsNamed, type Scale } from "./measure";

/** What a run was asked for. */
export interface Options {
  databases: DatabaseKind[];
  scale: Scale;
  write: boolean;
}

/**
 * Reads the command line: `--database sqlite --questions byId,list --rounds 1 --seconds 1 --calls 100 --connections 8
 * --write`. Without any, everything in some nine minutes.
 * @throws Error it cannot be understood
 */
export function readOptions(args: string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      database: text,
      questions: text,
      rounds: { ...text, default: "5" },
      seconds: { ...text, default: "1.2" },
      calls: { ...text, default: "400" },
      connections: { ...text, default: "8" },
      write: { type: "boolean", default: false },
    },
  });
  return {
    databases: values.database ? readDatabases(values.database) : [...databaseKinds],
    scale: {
      questions: questionsNamed(values.questions?.split(",")),
      rounds: positive("rounds", values.rounds),
      seconds: positive("seconds", values.seconds),
      calls: positive("calls", values.calls),
      connections: positive("connections", values.connections),
    },
    write: values.write,
  };
}

/**
 * The databases of `--database sqlite,mariadb`.
 * @throws Error one of them is unknown
 */
export function readDatabases(text: string): DatabaseKind[] {
  return text.split(",").map((name) => {
    const kind = databaseKinds.find((known) => known === name);
    if (!kind) throw new Error(`no such database: ${name}. There are ${databaseKinds.join(" and ")}`);
    return kind;
  });
}

/** A number above 0 from the command line, or an error that names the option. */
export function positive(name: string, text: string): number {
  const figure = Number(text);
  if (figure > 0) return figure;
  throw new Error(`--${name} must be a number above 0`);
}
