"use strict";

const Module = require("node:module");
const { dirname, isAbsolute, join, resolve, sep } = require("node:path");
const { compileFunction } = require("node:vm");
const { default: JestRuntime } = require("jest-runtime");
// Our program loads it in main.ts and ormconfig.ts; a test may begin with any file.
require("reflect-metadata");

const ROOT = resolve(__dirname, "../..");

/** What is loaded once per worker: our program, every package, and what is here. Not the tests and what they are made of. */
const PROGRAM = ["src", "schema", "entities", "resolvers", "node_modules", "test/runner"].map(
  (folder) => join(ROOT, folder) + sep,
);
const ORMCONFIG = join(ROOT, "ormconfig");

const isProgram = (path) => path === ORMCONFIG || PROGRAM.some((folder) => path.startsWith(folder));

/** Where the source maps of the program are, for the stacks of all test files of this worker. */
const sourceMaps = new Map();

/** The runtime of the test file that runs now; its transformer also compiles what the file loads of the program. */
let current;

/**
 * A jest runtime that loads the program with Node's own `require`, so that all test files of a worker share it, as the
 * servers of one process do. The test file itself and what it is made of (test/support and the like) are loaded for each file.
 * Nothing of the program can be mocked with `jest.mock` in this way. Only together with environment.js.
 */
class SharedProgramRuntime extends JestRuntime {
  constructor(config, environment, ...others) {
    super(config, environment, ...others);
    current = this;
    Module._extensions[".ts"] = loadTypeScript; // Each time: jest leaves a hook there that does not compile.
    for (const [file, map] of sourceMaps) this.getSourceMaps().set(file, map);
    const { executor } = this;
    executor.compile = (source, filename) =>
      compileFunction(source, executor.injectedModuleParameters, { filename });
  }

  requireModuleOrMock(from, name) {
    if (!isShared(from, name)) return super.requireModuleOrMock(from, name);
    return Module.createRequire(from)(name);
  }
}

const JEST_MODULES = new Set(["@jest/globals", "@jest/expect", "expect"]);

function isShared(from, name) {
  if (Module.isBuiltin(name) || JEST_MODULES.has(name)) return false;
  if (!name.startsWith(".") && !isAbsolute(name)) return true;
  return isProgram(resolve(dirname(from), name));
}

/** Loads a file of TypeScript as Node loads JavaScript, compiled by way of jest's cache on disk. */
function loadTypeScript(module, filename) {
  const code = current.transformCache.transform(filename);
  const map = current.getSourceMaps().get(filename);
  if (map) sourceMaps.set(filename, map);
  module._compile(code, filename);
}

module.exports = { default: SharedProgramRuntime, __esModule: true };
