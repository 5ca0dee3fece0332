import { ConfigInvalid } from "../config/config";
import { DatabaseUnavailable } from "../database/open-database";
import { SchemaRefused } from "../database/migrate";
import { DomainError, ErrorKind } from "../errors/domain-error";
import { WorkerRefused } from "../cluster/primary";
import { MetricsRefused } from "../metrics/metrics-endpoint";
import { FileRefused } from "../errors/file-refused";
import { StartRefused } from "../errors/start-refused";

/** Errors whose message is for the operator: it says what is wrong, with which setting, and what to do. */
const FOR_OPERATORS = [
  DatabaseUnavailable,
  SchemaRefused,
  MetricsRefused,
  WorkerRefused,
  StartRefused,
  FileRefused,
];

/** System calls of files and folders; the data folder is the only place that a start writes to. */
const FILE_SYSCALLS = new Set(["mkdir", "open", "write", "read", "stat", "chmod", "unlink", "rename"]);

/** System calls of a server that begins to listen; a worker has the primary bind the port. */
const LISTEN_SYSCALLS = new Set(["listen", "bind", "getaddrinfo"]);

/**
 * Why a start failed, for the operator: one line for what an operator can mend, a line each for the problems of the configuration,
 * and the stack of everything else, which is a fault of the program.
 */
export function startRefusal(error: unknown): string {
  if (!(error instanceof Error)) return `The start failed: ${String(error)}`;
  const { message, stack } = error;
  const {
    code = "",
    syscall = "",
    address = "this address",
    port = "",
  } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (error instanceof ConfigInvalid)
    return `The configuration is not valid:\n${message.replace(/^/gm, "  ")}`;
  if (code === "EADDRINUSE")
    return (
      `The port is taken: another program listens on ${address}:${port}, perhaps a Partnergraph that runs already. ` +
      "Set PORT to another one, or stop that program."
    );
  if (LISTEN_SYSCALLS.has(syscall))
    return `The server cannot listen there: ${message}. Set HOST and PORT to an address of this machine.`;
  if (FILE_SYSCALLS.has(syscall))
    return `The data folder cannot be used: ${message}. Set DATA_DIR to a folder that can be written.`;
  const isForOperators =
    FOR_OPERATORS.some((kind) => error instanceof kind) ||
    // The database is busy or away.
    (error instanceof DomainError && error.kind === ErrorKind.UNAVAILABLE);
  return isForOperators ? message : (stack ?? message);
}
