"use strict";

const { relative, resolve } = require("node:path");

const ROOT = resolve(__dirname, "../..");

/**
 * Which tests run: `usual` for `npm test`, `full` for `npm run test:full`, `fast` for `npm run test:fast`.
 * @typedef {"fast" | "usual" | "full"} Scope
 */

/** Tests of tools of ours, at a size that is measured and not only tried. Only `full`. */
const ONLY_FULL = [
  "test/bench/(?!slope|cost-documents)",
  "test/transport/.*\\.browser\\.test",
  "test/faults/(receivers|locked-organization|rolling-restart|rolling-upgrade|galera|soak|clocks)",
  // It waits for two restores to be killed.
  "test/backup/killed-restore",
];

/** What `fast` leaves out besides: what waits, and what tries everything. */
const NOT_FAST = ["test/isolation/(?!generator)", "test/plans/", "test/architecture/layers"];

/**
 * Tests of what no database has a part in: HTTP, sockets, limits, sign-in, commands, examples. `usual` and `fast` run them on
 * SQLite only, `full` on both. A test of a use case, a query, events, retries or concurrency does not belong here.
 */
const ONLY_SQLITE = [
  "test/api/(http-|at-the-endpoint|log-(canary|facts)|newcomer|production|known-operations|unknown-event-type)",
  "test/commands/",
  "test/examples/",
  // How an operation is executed does not depend on the database. `npm run fuzz:execution` tries both.
  "test/execution/",
  "test/identity/(oidc-sign-in|refused-sign-ins|users-http|api-key-sign-in|api-key-endpoints)",
  "test/limits/",
  "test/live/(heartbeat|live-endpoint|live-limits|live-origins|live-sockets|live-stop|catching-up|shared-execution|slow-listeners|stream-(endpoint|refusals))",
  "test/metrics/(?!metrics-workers)",
  "test/start/start",
  "test/transport/security-headers",
  "test/trusted-documents/",
  "test/webhooks/(webhook-endpoints|webhook-log|webhook-responses|webhook-schedule)",
  // Tenant isolation is tried completely on SQLite. On MariaDB, foreign-ids tries a share of everything, and live all of it.
  "test/isolation/(own-rows|idempotency-keys|owners|other-cloud)",
];

/** The same, where the tests are of several processes, for which MariaDB is what is used in production. */
const ONLY_MARIADB = ["test/faults/(?!.*\\.sqlite\\.test)", "test/logging/log-secrets"];

/** Tests that mostly wait, for a time to pass or for another process: many of them run beside each other. */
const WAITING = [
  "test/(cluster|examples|faults|limits|live|logging|metrics|start|transport|trusted-documents|webhooks)/",
  "test/database/database-server-limits",
  "test/jobs/(job-scheduler|sweep-of-locked-organization)",
  "test/(backup|bench|commands)/",
  "test/api/(http-sign-in|production|log-(canary|facts)|newcomer)",
  "test/activity/(verify-command|activity-export-stop)",
  "test/database/(bounded-wait|connections|lost-commit|migrations|refused-databases)",
  "test/unit-of-work/unit-of-work",
  "test/events/(change-notifier|live-tail)",
  "test/identity/(oidc|users-join|users-http|api-key-listener|hand-made)",
  "test/isolation/live",
];

/** The longest files, which begin first, so that none of them is left over at the end. */
const LONGEST = [
  "test/isolation/",
  "test/plans/",
  "test/faults/",
  "test/architecture/",
  "test/(cluster|logging|start|transport)/",
];

const matches = (patterns, path) => patterns.some((pattern) => new RegExp(`^${pattern}`).test(path));
const fromRoot = (path) => relative(ROOT, path);

/**
 * Patterns of the files that a scope leaves out on a database, for `testPathIgnorePatterns`.
 * @param {Scope} scope
 * @param {"sqlite" | "mariadb" | "plain"} database
 */
function leftOut(scope, database) {
  if (scope === "full") return [];
  const otherDatabase = { sqlite: ONLY_MARIADB, mariadb: ONLY_SQLITE, plain: [] }[database];
  const patterns = [...ONLY_FULL, ...otherDatabase, ...(scope === "fast" ? [...NOT_FAST, ...WAITING] : [])];
  return patterns.map((pattern) => `<rootDir>/${pattern}`);
}

/** Whether the tests of a file mostly wait. @param {string} path */
const isWaiting = (path) => matches(WAITING, fromRoot(path)) && !path.endsWith(".plain.test.ts");

/** Whether a file is among the longest. @param {string} path */
const isLong = (path) => matches(LONGEST, fromRoot(path)) && !path.endsWith(".plain.test.ts");

module.exports = {
  leftOut,
  isWaiting,
  isLong,
  lists: { ONLY_FULL, NOT_FAST, ONLY_SQLITE, ONLY_MARIADB, WAITING, LONGEST },
};
