"use strict";

const { default: TestRunner } = require("jest-runner");
const { isLong, isWaiting } = require("./selection");

/** How many files of waiting tests run at a time, for each worker of the others. */
const WAITING_PER_WORKER = 2;

/**
 * A jest runner with two lanes that run side by side: one for tests that compute, with as many workers as jest is told, and
 * one for tests that wait, with twice as many. One run, one report, one exit code. With `--runInBand` there are no lanes.
 */
class LanesRunner {
  constructor(globalConfig, context) {
    const { maxWorkers } = globalConfig;
    const waiting = { ...globalConfig, maxWorkers: maxWorkers * WAITING_PER_WORKER };
    this.isSerial = false;
    this.supportsEventEmitters = true;
    this.computing = new TestRunner(globalConfig, context);
    this.waiting = new TestRunner(waiting, context);
  }

  /** Called by jest for each event that it wants to hear of. */
  on(event, listener) {
    const stops = [this.computing, this.waiting].map((lane) => lane.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }

  async runTests(tests, watcher, options) {
    if (options.serial) return this.computing.runTests(tests, watcher, options);
    const ordered = [
      ...tests.filter(({ path }) => isLong(path)),
      ...tests.filter(({ path }) => !isLong(path)),
    ];
    const lanes = [
      [this.computing, ordered.filter(({ path }) => !isWaiting(path))],
      [this.waiting, ordered.filter(({ path }) => isWaiting(path))],
    ];
    await Promise.all(
      lanes.flatMap(([lane, files]) => (files.length > 0 ? lane.runTests(files, watcher, options) : [])),
    );
  }
}

module.exports = LanesRunner;
