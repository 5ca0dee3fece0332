import "reflect-metadata";
import pino from "pino";
import { ConfigInvalid, loadConfig } from "./config/config";
import { DatabaseUnavailable } from "./database/open-database";
import { SchemaRefused } from "./database/migrate";
import { greeting } from "./server/greeting";
import { type RunningServer, startServer } from "./server/start-server";

const LONGEST_STOP_MS = 15_000;

// Nobody may be reading our output any more. Serving goes on and stopping must work; pino's own destination would wait
// for that reader for ever when the process exits.
process.stdout.on("error", () => undefined);

async function main(): Promise<void> {
  const config = loadConfig();
  const log = pino(
    { level: config.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    process.stdout,
  );
  const starting = startServer(config, log);
  // Before it is up: a signal that comes while it starts is obeyed as soon as there is something to stop.
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void stop(starting, log, signal));
  process.on("uncaughtException", (error) => {
    // The state is unknown from here on: say so and let the supervisor start afresh.
    log.fatal({ err: error }, "uncaught exception");
    process.exit(1);
  });
  process.stdout.write(await greeting(await starting, config));
}

async function stop(starting: Promise<RunningServer>, log: pino.Logger, signal: string): Promise<void> {
  log.info({ signal }, "stopping");
  setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  const server = await starting.catch(() => undefined); // Why it could not start is main's to say.
  await server?.stop();
  log.info("stopped");
  process.exit(server ? 0 : 1);
}

/** What an operator can mend is said in a line; anything else is ours, with its stack. */
function explain(error: Error & NodeJS.ErrnoException): string {
  const isOperators =
    error instanceof ConfigInvalid || error instanceof DatabaseUnavailable || error instanceof SchemaRefused;
  if (error instanceof ConfigInvalid) {
    return `The configuration is not valid:\n${error.message.replace(/^/gm, "  ")}`;
  }
  if (error.code === "EADDRINUSE") return `The port is taken: ${error.message}. Set PORT to another one.`;
  if (error.syscall === "listen" || error.syscall === "getaddrinfo") {
    return `The server cannot listen there: ${error.message}. Set HOST and PORT to an address of this machine.`;
  }
  if (error.syscall === "mkdir" || error.syscall === "open") {
    return `The data folder cannot be used: ${error.message}. Set DATA_DIR to a folder that can be written.`;
  }
  return isOperators ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error as Error)}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 500).unref();
});
