import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { ErrorKind } from "../../errors/domain-error";
import { type ErrorExtensions, formatError } from "../graphql/error-format";
import { CLOSE_GRACE_MS } from "../streams/live-endpoint";

/** The close codes that say why a socket is not, or no longer, welcome. */
export enum CloseCode {
  TRY_AGAIN_LATER = 1013,
  FORBIDDEN = 4403,
  TOO_MANY = 4429,
  INTERNAL = 4500,
}

/** A close frame holds at most 123 bytes of reason. */
const MAX_REASON_BYTES = 123;

/** Closes a socket with `CODE: message` as its reason; one that does not hang up in time is cut off. */
export function closeWith(socket: WebSocket, refusal: unknown, requestId: string, log: Logger): void {
  const { message, extensions } = formatError(refusal, requestId, log);
  const { code, kind } = extensions as ErrorExtensions;
  socket.close(closeCodeOf(kind), fitted(`${code}: ${message}`));
  const cutOff = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
  socket.once("close", () => clearTimeout(cutOff));
}

function closeCodeOf(kind: ErrorKind): CloseCode {
  if (kind === ErrorKind.LIMITED) return CloseCode.TOO_MANY;
  if (kind === ErrorKind.UNAVAILABLE) return CloseCode.TRY_AGAIN_LATER;
  return kind === ErrorKind.INTERNAL ? CloseCode.INTERNAL : CloseCode.FORBIDDEN;
}

/** Whole sentences where one fits; otherwise whole words. */
function fitted(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  const start = Buffer.from(reason).subarray(0, MAX_REASON_BYTES).toString("utf8");
  const sentences = start.slice(0, start.lastIndexOf(". ") + 1);
  return sentences || start.slice(0, start.lastIndexOf(" "));
}
