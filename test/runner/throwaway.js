"use strict";

const { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const MEMORY = "/dev/shm";
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * Makes the folder in which this run puts everything that it throws away, databases above all, and has it removed when this
 * process ends. It is in memory where the system has a file system there with 2 GB left: to make a table costs MariaDB a
 * tenth there of what it costs on a disk. Otherwise it is where the system keeps temporary files.
 * @returns {string} the folder
 */
function makeRunFolder() {
  const place = hasMemory() ? MEMORY : tmpdir();
  removeLeftovers(place);
  const folder = mkdtempSync(join(place, `partnergraph-run-${process.pid}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run that was killed could not remove its folder, and a folder in memory takes memory. */
function removeLeftovers(place) {
  for (const name of readdirSync(place)) {
    const [, pid] = /^partnergraph-run-(\d+)-/.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function hasMemory() {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES;
}

module.exports = { makeRunFolder };
