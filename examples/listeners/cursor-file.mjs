import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** The cursor in the file; undefined when there is none yet, or no file is wanted. */
export function readCursor(file) {
  if (!file || !existsSync(file)) return undefined;
  return readFileSync(file, "utf8").trim() || undefined;
}

/** Replaces the cursor in the file, all at once: no crash leaves half a cursor. */
export function writeCursor(file, cursor) {
  if (!file) return;
  writeFileSync(`${file}.new`, `${cursor}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}
