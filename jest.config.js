"use strict";

const { randomBytes } = require("node:crypto");
const { existsSync } = require("node:fs");
const { delimiter, join } = require("node:path");
const { leftOut } = require("./test/runner/selection");
const { makeRunFolder } = require("./test/runner/throwaway");

/*
 * `npm test` runs what a change needs, `npm run test:full` everything on both databases, `npm run test:fast` what takes less
 * than two minutes: see test/runner/selection.js. Three projects. `plain`: tests that touch no database (`*.plain.test.ts`, `*.browser.test.ts`, `test/architecture/`),
 * run once. `sqlite` and `mariadb`: every other test, run on each database, told which by the global `testDatabase`.
 * A test that makes sense on one database only is named `*.sqlite.test.ts` or `*.mariadb.test.ts`.
 */

const scope = process.env.PARTNERGRAPH_TEST_SCOPE || "usual";
if (!["fast", "usual", "full"].includes(scope)) throw new Error(`PARTNERGRAPH_TEST_SCOPE is ${scope}`);

// Every temporary file of the tests is in it, and what all test files of the run share.
process.env.TMPDIR = process.env.PARTNERGRAPH_TEST_RUN_FOLDER = makeRunFolder();

// With it the tests draw what they try where they do not try everything. They print it when they do; set it to try the same again.
process.env.PARTNERGRAPH_TEST_SEED ||= randomBytes(4).toString("hex");

// Compiled as `npm run build` does, by .swcrc.
const swc = "@swc/jest";

const plainTests = [
  "<rootDir>/test/**/*.plain.test.ts",
  "<rootDir>/test/**/*.browser.test.ts",
  "<rootDir>/test/architecture/**/*.test.ts",
];

function project(name, options) {
  return {
    displayName: name,
    rootDir: __dirname,
    roots: ["src", "schema", "entities", "resolvers", "test"]
      .filter((room) => existsSync(join(__dirname, room)))
      .map((room) => `<rootDir>/${room}`),
    testEnvironment: "<rootDir>/test/runner/environment.js",
    runtime: join(__dirname, "test/runner/runtime.js"),
    runner: "<rootDir>/test/runner/lanes.js",
    transform: { "^.+\\.ts$": swc },
    ...options,
  };
}

function databaseProject(testDatabase, otherDatabase, options) {
  return project(testDatabase, {
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    testPathIgnorePatterns: [
      "/node_modules/",
      ...leftOut(scope, testDatabase),
      "<rootDir>/test/architecture/",
      "\\.(plain|browser)\\.test\\.ts$",
      `\\.${otherDatabase}\\.test\\.ts$`,
    ],
    globals: { testDatabase },
    ...options,
  });
}

/** `test/support/mariadb-server.ts` starts the server that is found here; it looks in the same places. */
function mariadbIsInstalled() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return folders.some((folder) => existsSync(join(folder, "mariadbd")));
}

const withMariadb = mariadbIsInstalled();

if (!withMariadb && scope !== "fast") {
  const howToGetIt =
    "Install it with: apt-get install mariadb-server\n" +
    "(Leave its service off. The tests start a private server of their own and end it.)";
  if (process.env.CI && process.env.CI !== "false") {
    process.stderr.write(
      `\nMariaDB is not installed, and in CI both databases must be tested.\n${howToGetIt}\n\n`,
    );
    process.exit(1);
  }
  const tell = () =>
    process.stderr.write(
      `\nThe MariaDB half of the tests is SKIPPED: there is no mariadbd.\n${howToGetIt}\n\n`,
    );
  tell();
  process.once("exit", tell);
}

module.exports = {
  maxWorkers: 2,
  workerIdleMemoryLimit: "1GB",
  workerGracefulExitTimeout: 5_000,
  // Only against tests that hang: many wait beside each other. Jest reads it here only, not in a project.
  testTimeout: 180_000,
  projects: [
    project("plain", {
      testMatch: plainTests,
      testPathIgnorePatterns: ["/node_modules/", ...leftOut(scope, "plain")],
    }),
    databaseProject("sqlite", "mariadb"),
    ...(withMariadb && scope !== "fast"
      ? [
          databaseProject("mariadb", "sqlite", {
            globalSetup: "<rootDir>/test/support/mariadb-global-setup.ts",
            globalTeardown: "<rootDir>/test/support/mariadb-global-teardown.ts",
          }),
        ]
      : []),
  ],
};
