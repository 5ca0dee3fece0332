import pino, { type Logger } from "pino";
import type { Config } from "../config/config";
import type { LogOutput } from "./log-output";
import { withoutParameters } from "./graphql/error-format";
import { readableLine } from "./readable-line";

/** Where the log goes. */
export interface LogTarget {
  write(text: string): unknown;
  /** Whether a person reads it. */
  isTTY?: boolean;
}

/**
 * Opens the log: JSON lines, or in development on a terminal lines for a person to read. An error in it is reduced to its
 * type, its message without values of rows, and its stack: drivers hang parameters, addresses and secrets on theirs.
 * @param config the level, and whether this is production
 * @param target where the lines go
 * @param options `base` is what every line has, such as the worker's number; `gathered` writes several lines together
 */
export function openLog(
  { logLevel, production }: Pick<Config, "logLevel" | "production">,
  target: LogTarget,
  {
    base,
    gathered = plainly,
  }: { base?: object; gathered?: (to: Pick<LogTarget, "write">) => LogOutput } = {},
): Logger {
  const isForReading = !production && target.isTTY === true;
  const write = (text: string) => target.write(isForReading ? readableLines(text) : text);
  return pino(
    {
      level: logLevel,
      base,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorForLog },
    },
    gathered({ write }),
  );
}

/** What is no error, and not made by `withoutParameters`, may hold anything. */
function errorForLog(thrown: unknown): unknown {
  if (thrown instanceof Error) return withoutParameters(thrown);
  const { type, message, stack, code, query } = (thrown ?? {}) as Record<string, unknown>;
  return { type, message, stack, code, query };
}

/** Each line when it is written. */
function plainly(to: Pick<LogTarget, "write">): LogOutput {
  return { write: (line) => void to.write(line), flushSync: () => undefined };
}

/** Several lines of JSON, each with its line break. */
function readableLines(text: string): string {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `${readableLine(line)}\n`)
    .join("");
}
