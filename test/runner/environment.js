"use strict";

const asyncHooks = require("node:async_hooks");
const { setPriority } = require("node:os");
const { ModernFakeTimers } = require("@jest/fake-timers");
const { ModuleMocker } = require("jest-mock");
const { isWaiting } = require("./selection");

/** What computes takes the time that others leave, so that what waits is served when its time has come. */
const LOW_PRIORITY = 5;

const isWorker = process.send !== undefined;

/** The storages that the present test file has made. */
const storages = new Set();

/**
 * Jest loads its runner anew for each test file, and that makes a storage. One that is not disabled is looked at whenever a
 * promise is made, so that after 70 test files a worker was four times as slow.
 */
asyncHooks.AsyncLocalStorage = class extends asyncHooks.AsyncLocalStorage {
  constructor(...options) {
    super(...options);
    storages.add(this);
  }
};

/**
 * A jest test environment that runs test files in the global scope of the worker process, one after the other. Jest's own
 * environment makes a new scope for each file, in which the whole program would have to be loaded again (1 to 2 s of CPU) and
 * each use of a global goes through a proxy. Whatever a test file changes in the global scope, in `process.env` or in the
 * working directory is taken back after it. Only together with runtime.js.
 */
class SharedScopeEnvironment {
  /**
   * @param {{ projectConfig: import("@jest/types").Config.ProjectConfig }} config
   * @param {{ testPath: string }} context
   */
  constructor({ projectConfig }, { testPath }) {
    if (isWorker && !isWaiting(testPath)) setPriority(LOW_PRIORITY);
    this.global = globalThis;
    this.before = {
      globals: new Map(Reflect.ownKeys(globalThis).map((key) => [key, descriptor(key)])),
      env: { ...process.env },
      exit: process.exit,
      folder: process.cwd(),
      stackTraceLimit: Error.stackTraceLimit,
    };
    this.given = projectConfig.globals;
    Object.assign(globalThis, this.given);
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null;
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {}

  /** Takes back what the test file changed. */
  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    for (const storage of storages) storage.disable(); // One of the program's enables itself when it is used again.
    storages.clear();
    const { globals, env, exit, folder, stackTraceLimit } = this.before;
    for (const name of Object.keys(this.given)) delete globalThis[name];
    // Other new globals are the program's, which stays loaded: TypeORM keeps the entities in one.
    for (const key of Object.getOwnPropertySymbols(globalThis).filter((key) => !globals.has(key)))
      if (isJestState(key) && descriptor(key)?.configurable) delete globalThis[key];
    for (const [key, old] of globals) {
      const now = descriptor(key);
      if (now?.value !== old.value || now?.get !== old.get) Object.defineProperty(globalThis, key, old);
    }
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.exit = exit;
    process.chdir(folder);
    Error.stackTraceLimit = stackTraceLimit;
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  /** Jest only asks whether there is one: the runtime compiles for the global scope. */
  getVmContext() {
    return globalThis;
  }
}

/** Whether a global is what jest-circus keeps for one test file: under symbols of its own, and under these registered ones. */
const isJestState = (symbol) => JEST_STATE.has(Symbol.keyFor(symbol));

const JEST_STATE = new Set([
  undefined,
  "EVENT_HANDLERS",
  "RETRY_TIMES",
  "RETRY_IMMEDIATELY",
  "WAIT_BEFORE_RETRY",
  "LOG_ERRORS_BEFORE_RETRY",
  "TEST_TIMEOUT_SYMBOL",
]);

const descriptor = (key) => Object.getOwnPropertyDescriptor(globalThis, key);

module.exports = SharedScopeEnvironment;
