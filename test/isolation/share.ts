import { createHash } from "node:crypto";

/** Of the probes that SQLite gets all of, MariaDB gets so many in `npm test`; in `npm run test:full` both get all. */
export const SHARE = 0.2;

/** Whether this run tries everything, and not a share. */
export const isComplete = testDatabase === "sqlite" || process.env.PARTNERGRAPH_TEST_SCOPE === "full";

/** What the share was drawn with: jest.config.js draws one for a run that is not given any. */
export const seed = process.env.PARTNERGRAPH_TEST_SEED ?? "";

/** Whether something belongs to the share that this run tries. The same seed and name give the same answer. */
export function isDrawn(name: string): boolean {
  if (isComplete) return true;
  const drawn = createHash("sha1").update(`${seed} ${name}`).digest().readUInt32BE(0);
  return drawn < SHARE * 2 ** 32;
}

/** How a message names the share. */
export const shareName = isComplete
  ? "complete"
  : `a share of ${SHARE}, drawn with PARTNERGRAPH_TEST_SEED=${seed}`;
