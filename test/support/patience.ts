import { type DatabaseWaits, SERVER_WAITS } from "../../src/database/waits";

/**
 * How long a test waits, in milliseconds, for what must come before it fails. Only a failing test waits so long, and on a
 * machine that does other work too, what takes 100 ms can take some seconds.
 */
export const PATIENCE_MS = 30_000;

/**
 * How long a test's requests wait for the database, unless it is about how long they wait: on a machine that does other work too, a
 * transaction that others wait for may take longer than a server allows.
 */
export const PATIENT_WAITS: DatabaseWaits = { ...SERVER_WAITS, requestMs: 20_000 };
