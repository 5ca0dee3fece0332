import { whole } from "./limits";

/** How a server stops in order. */
export interface ShutdownConfig {
  /** How long it still serves after `/readyz` has said that it stops, so that load balancers notice, in milliseconds. */
  delayMs: number;
  /** Over how much time its sockets and streams are closed, in milliseconds. */
  spreadMs: number;
}

/** A single machine in development has no load balancer that must notice. */
const DELAY_SECONDS_IN_PRODUCTION = 5;

/** What closing takes besides: requests and deliveries under way, and peers that do not hang up. */
const GRACE_MS = 15_000;

/** The variables about stopping. */
export const shutdownVariables = {
  SHUTDOWN_DELAY_SECONDS: whole(0, 300).optional(),
  SHUTDOWN_SPREAD_SECONDS: whole(0, 300).default(8),
};

/** What the variables say. */
export function shutdownConfigOf(
  found: { SHUTDOWN_DELAY_SECONDS?: number; SHUTDOWN_SPREAD_SECONDS: number },
  production: boolean,
): ShutdownConfig {
  const delay = found.SHUTDOWN_DELAY_SECONDS ?? (production ? DELAY_SECONDS_IN_PRODUCTION : 0);
  return { delayMs: delay * 1_000, spreadMs: found.SHUTDOWN_SPREAD_SECONDS * 1_000 };
}

/** After how many milliseconds a process that has been told to stop is ended by force. */
export function longestStopMs({ delayMs, spreadMs }: ShutdownConfig): number {
  return delayMs + spreadMs + GRACE_MS;
}
