import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** The cursor in the file; undefined when there is none yet, or no file is wanted. */
export function readCursor(file) {
  if (!file || !existsSync(file)) return undefined;
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    return end(`the cursor file ${file} cannot be read: ${error.message}; name another file`);
  }
}

/** Replaces the cursor in the file, all at once: no crash leaves half a cursor. */
export function writeCursor(file, cursor) {
  if (!file) return;
  try {
    writeFileSync(`${file}.new`, `${cursor}\n`, { flush: true });
    renameSync(`${file}.new`, file);
  } catch (error) {
    end(`the cursor cannot be kept in ${file}: ${error.message}; name a file that can be written`);
  }
}

function end(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
