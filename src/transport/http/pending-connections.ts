import type { Server } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

/** One that is accepted in a turn of the event loop is read in the next one. */
const QUIET_TURNS = 3;

/** New ones may never cease where nothing keeps them away. */
const MAX_MS = 2_000;

/**
 * Resolves when the connections that wait in the system's queue are accepted, and what they asked is read: when a server stops to listen,
 * the system resets those that wait. Node accepts one connection in a turn of its event loop, so in a busy process many wait.
 */
export async function acceptPending(server: Server): Promise<void> {
  let quietTurns = 0;
  const onConnection = () => (quietTurns = 0);
  server.on("connection", onConnection);
  for (const end = performance.now() + MAX_MS; quietTurns < QUIET_TURNS && performance.now() < end;) {
    quietTurns++;
    await nextTurn();
  }
  server.off("connection", onConnection);
}
