import pino, { type Logger } from "pino";
import type { Config } from "../config/config";
import { systemClock } from "../values/instant";
import { errorForLog } from "./error-for-log";
import type { LogOutput } from "./log-output";
import { readableLine } from "./readable-line";
import { type Redact, redactorOf, secretsOf } from "./redact-text";

/** Where the log goes. */
export interface LogTarget {
  write(text: string): unknown;
  /** Whether a person reads it. */
  isTTY?: boolean;
}

/** What of the configuration the log goes by: its level, its form, and the secrets that must not be in it. */
export type LogConfig = Pick<Config, "logLevel" | "production" | "database" | "redisUrl" | "webhooks">;

/** What stands in a line that is about an error and says nothing else: the error's own message may hold a secret. */
const WITHOUT_MESSAGE = "an error";

/**
 * Opens the log: JSON lines, or in development on a terminal lines for a person to read. An error is reduced to what `errorForLog`
 * keeps, under whatever name a line has it: drivers hang parameters, addresses and secrets on theirs.
 * @param config the level, whether this is production, and the secrets
 * @param target where the lines go
 * @param options `base` is what every line has, such as the worker's number; `gathered` writes several lines together
 */
export function openLog(
  config: LogConfig,
  target: LogTarget,
  {
    base,
    gathered = plainly,
  }: { base?: object; gathered?: (to: Pick<LogTarget, "write">) => LogOutput } = {},
): Logger {
  const isForReading = !config.production && target.isTTY === true;
  const write = (text: string) => target.write(isForReading ? readableLines(text) : text);
  const redact = redactorOf(secretsOf(config));
  return pino(
    {
      level: config.logLevel,
      base,
      timestamp: () => `,"time":"${systemClock()}"`,
      // What was thrown and is no error: the hook below knows errors only.
      serializers: { err: (thrown: unknown) => errorForLog(thrown, redact) },
      hooks: {
        logMethod(args, method) {
          const [fields, ...words] = args as [unknown, ...unknown[]];
          const reduced = withReducedErrors(fields, redact);
          // Most lines are about no error: they are written as they are.
          if (reduced === fields && words.length > 0) return method.apply(this, args);
          const isAboutError = fields instanceof Error || (isObject(fields) && "err" in fields);
          if (isAboutError && words.length === 0) words.push(WITHOUT_MESSAGE);
          method.apply(this, [reduced, ...words] as typeof args);
        },
      },
    },
    gathered({ write }),
  );
}

function isObject(fields: unknown): fields is Record<string, unknown> {
  return typeof fields === "object" && fields !== null;
}

/** The fields of a line with each error reduced; the same object where there is none. */
function withReducedErrors(fields: unknown, redact: Redact): unknown {
  if (fields instanceof Error) return { err: errorForLog(fields, redact) };
  if (!isObject(fields)) return fields;
  let reduced: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value instanceof Error) reduced = { ...(reduced ?? fields), [name]: errorForLog(value, redact) };
  }
  return reduced ?? fields;
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
