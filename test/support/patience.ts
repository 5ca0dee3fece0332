import { type DatabaseWaits, SERVER_WAITS } from "../../src/database/waits";

/**
 * How long a test waits, in milliseconds, for what must come before it fails. Only a failing test waits so long, and on a
 * machine that does other work too, what takes 100 ms can take some seconds.
 */
export const PATIENCE_MS = 30_000;

/**
 * Up to how many milliseconds count as at once. A test that asserts it makes everything else take much longer, such as the next poll, so
 * that a slow machine is no fault and a wait is.
 */
export const AT_ONCE_MS = 10_000;

/** Up to how many milliseconds count as within a time that is promised: on a machine that does other work too, the rest takes some seconds. */
export const within = (promisedMs: number): number => promisedMs + AT_ONCE_MS;

/**
 * How long a test's requests wait for the database, unless it is about how long they wait: on a machine that does other work too, a
 * transaction that others wait for may take longer than a server allows.
 */
export const PATIENT_WAITS: DatabaseWaits = { ...SERVER_WAITS, requestMs: 20_000 };
