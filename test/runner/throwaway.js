"use strict";

const { existsSync, mkdtempSync, rmSync, statfsSync } = require("node:fs");
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
  const folder = mkdtempSync(join(hasMemory() ? MEMORY : tmpdir(), "partnergraph-run-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasMemory() {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES;
}

module.exports = { makeRunFolder };
