import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { PRIVATE_FILE_MODE } from "../config/private-files";

/** A backup cannot be written or read; the message says why in a line, and the way out. */
export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
}

/** File systems without hard links answer so. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"]);

/** What SQLite may leave beside a file. */
const COMPANIONS = ["", "-wal", "-shm", "-journal"];

/**
 * Makes a file that is there as a whole or not at all, and never replaces one: it is written beside it under another name,
 * reaches the disk, and gets its name last. For its owner alone.
 * @param file the path that it shall have
 * @param write writes the whole content into the file of the path that it is given, which is there and empty
 * @throws BackupRefused there is a file of this name already
 */
export async function publishFile(file: string, write: (partial: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) throw isThere(file);
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  closeSync(openSync(partial, "wx", PRIVATE_FILE_MODE));
  try {
    await write(partial);
    flush(partial);
    giveName(partial, file);
  } finally {
    for (const companion of COMPANIONS) rmSync(`${partial}${companion}`, { force: true });
  }
  flush(dirname(file));
}

/** A hard link, because a rename would replace a file that was made meanwhile. */
function giveName(partial: string, file: string): void {
  try {
    linkSync(partial, file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || existsSync(file)) throw isThere(file);
    if (!NO_LINKS.has(code)) throw error;
    renameSync(partial, file);
  }
}

/** Brings a file, or the names in a folder, to the disk. */
function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isThere(file: string): BackupRefused {
  return new BackupRefused(`${file} is there already and was left as it is. Give a name that is not taken.`);
}
