import type { Logger } from "pino";
import { type Config, loadConfig } from "../config/config";
import { longestStopMs } from "../config/shutdown";
import { startWorkers } from "../cluster/primary";
import { IpcChannel } from "../cluster/ipc-channel";
import { greeting } from "./greeting";
import { gatherLines } from "../logging/log-output";
import { openLog } from "../logging/open-log";
import { type Redact, redactorOf, secretsOf } from "../logging/redact-text";
import { type RunningServer, startServer } from "../start/start-server";
import { startRefusal } from "./start-refusal";

/** The line to the primary; present when this process is one of several workers. */
type Primary = IpcChannel | undefined;

/**
 * `partnergraph serve`: reads the configuration, starts, and stops when it is told to. Ends the process with 0 after a stop
 * in order, and with 1 when it cannot start or does not stop in time.
 */
export async function serve(): Promise<void> {
  const primary = IpcChannel.open();
  // Nobody may be reading our output any more. Serving goes on and stopping must work; pino's own destination would wait
  // for that reader for ever when the process exits.
  process.stdout.on("error", () => undefined);
  let redact = redactorOf();
  try {
    const config = loadConfig();
    redact = redactorOf(secretsOf(config));
    await startAndServe(config, primary);
  } catch (error) {
    refuse(primary, redact, error);
  }
}

async function startAndServe(config: Config, primary: Primary): Promise<void> {
  const log = openLog(config, process.stdout, {
    base: primary && { worker: primary.number },
    gathered: gatherLines,
  });
  // One process says it for all.
  if (!primary) config.warnings.forEach((warning) => log.warn(warning));
  const isPrimary = !primary && config.workers > 1;
  const starting = isPrimary ? startWorkers(config, log) : startServer(config, log, { primary });
  stopWhenAsked(starting, { log, primary, longestMs: longestStopMs(config.shutdown) });
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

/** How a process stops when it is told to. */
interface Stopping {
  log: Logger;
  primary: Primary;
  /** After so many milliseconds it ends by force. */
  longestMs: number;
}

/** From before it is up: a signal that comes while it starts is obeyed as soon as there is something to stop. */
function stopWhenAsked(starting: Promise<Running>, stopping: Stopping): void {
  const { primary } = stopping;
  let isStopping = false;
  const stopOnce = (signal?: NodeJS.Signals) => {
    if (!isStopping) void stop(starting, stopping, signal);
    isStopping = true;
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // A worker is told by its primary too, and must not die of hearing it twice.
    if (primary) process.on(signal, stopOnce);
    else process.once(signal, stopOnce);
  }
  primary?.onStop(stopOnce);
}

async function stop(
  starting: Promise<Running>,
  { log, longestMs }: Stopping,
  signal?: NodeJS.Signals,
): Promise<void> {
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(1), longestMs).unref();
  const running = await starting.catch(() => undefined); // Why it could not start is main's to say.
  await running?.stop();
  log.info("stopped");
  process.exit(running ? 0 : 1);
}

function refuse(primary: Primary, redact: Redact, error: unknown): void {
  const why = redact(startRefusal(error));
  if (primary) return primary.refuse(why, () => process.exit(1)); // The primary says it, once for all workers.
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 500).unref();
}
