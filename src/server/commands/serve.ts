import type { Logger } from "pino";
import { ConfigInvalid, loadConfig } from "../../config/config";
import { DatabaseUnavailable } from "../../database/open-database";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { FileRefused } from "../../errors/file-refused";
import { SchemaRefused } from "../../database/migrate";
import { startWorkers, WorkerRefused } from "../cluster/primary";
import { PrimaryLine } from "../cluster/primary-line";
import { greeting } from "../greeting";
import { MetricsRefused } from "../metrics/metrics-door";
import { gatherLines } from "../log-output";
import { openLog } from "../open-log";
import { type RunningServer, startServer } from "../start-server";

const LONGEST_STOP_MS = 15_000;

/** The line to the primary; present when this process is one of several workers. */
type Primary = PrimaryLine | undefined;

/**
 * `partnergraph serve`: reads the configuration, starts, and stops when it is told to. Ends the process with 0 after a stop
 * in order, and with 1 when it cannot start or does not stop in time.
 */
export async function serve(): Promise<void> {
  const primary = PrimaryLine.open();
  // Nobody may be reading our output any more. Serving goes on and stopping must work; pino's own destination would wait
  // for that reader for ever when the process exits.
  process.stdout.on("error", () => undefined);
  await startAndServe(primary).catch((error: unknown) => refuse(primary, error));
}

async function startAndServe(primary: Primary): Promise<void> {
  const config = loadConfig();
  const log = openLog(config, process.stdout, {
    base: primary && { worker: primary.number },
    gathered: gatherLines,
  });
  // One process says it for all.
  if (!primary) config.warnings.forEach((warning) => log.warn(warning));
  const isPrimary = !primary && config.workers > 1;
  const starting = isPrimary ? startWorkers(config, log) : startServer(config, log, { primary });
  stopWhenAsked(starting, log, primary);
  process.on("uncaughtException", (error) => {
    // The state is unknown from here on: say so and let the supervisor start afresh.
    log.fatal({ err: error }, "uncaught exception");
    process.exit(1);
  });
  const running = await starting;
  if (primary) primary.up(running.url);
  else process.stdout.write(await greeting(running, config));
}

type Running = Pick<RunningServer, "url" | "developmentIssuer" | "stop">;

/** From before it is up: a signal that comes while it starts is obeyed as soon as there is something to stop. */
function stopWhenAsked(starting: Promise<Running>, log: Logger, primary: Primary): void {
  let isStopping = false;
  const stopOnce = (signal?: NodeJS.Signals) => {
    if (!isStopping) void stop(starting, log, signal);
    isStopping = true;
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // A worker is told by its primary too, and must not die of hearing it twice.
    if (primary) process.on(signal, stopOnce);
    else process.once(signal, stopOnce);
  }
  primary?.onStop(stopOnce);
}

async function stop(starting: Promise<Running>, log: Logger, signal?: NodeJS.Signals): Promise<void> {
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  const running = await starting.catch(() => undefined); // Why it could not start is main's to say.
  await running?.stop();
  log.info("stopped");
  process.exit(running ? 0 : 1);
}

/** What an operator can mend is said in a line; anything else is ours, with its stack. */
function explain(error: Error & NodeJS.ErrnoException & { address?: string; port?: number }): string {
  const isOperators =
    error instanceof ConfigInvalid ||
    error instanceof FileRefused ||
    error instanceof DatabaseUnavailable ||
    error instanceof SchemaRefused ||
    error instanceof MetricsRefused ||
    error instanceof WorkerRefused ||
    // The database is busy or away.
    (error instanceof DomainError && error.kind === ErrorKind.UNAVAILABLE);
  if (error instanceof ConfigInvalid) {
    return `The configuration is not valid:\n${error.message.replace(/^/gm, "  ")}`;
  }
  if (error.code === "EADDRINUSE")
    return (
      `The port is taken: another program listens on ${error.address ?? "this address"}:${error.port ?? ""}, perhaps a Partnergraph that runs ` +
      "already. Set PORT to another one, or stop that program."
    );
  // A worker has the primary bind the port.
  if (["listen", "bind", "getaddrinfo"].includes(error.syscall ?? "")) {
    return `The server cannot listen there: ${error.message}. Set HOST and PORT to an address of this machine.`;
  }
  return isOperators ? error.message : (error.stack ?? error.message);
}

function refuse(primary: Primary, error: unknown): void {
  const why = explain(error as Error);
  if (primary) return primary.refuse(why, () => process.exit(1)); // The primary says it, once for all workers.
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 500).unref();
}
