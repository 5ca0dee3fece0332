import { randomUUID } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { giveName, PRIVATE_FILE_MODE } from "../config/private-files";
import { describeFileError, FileRefused, isFileError } from "../errors/file-refused";

/** A backup cannot be written or read; the message says why in a line, and the way out. */
export class BackupRefused extends Error {
  override readonly name = "BackupRefused";
}

/** What SQLite may leave beside a file. */
const COMPANIONS = ["", "-wal", "-shm", "-journal"];

/**
 * Makes a file that is there as a whole or not at all, and never replaces one: it is written beside it under another name,
 * reaches the disk, and gets its name last. For its owner alone.
 * @param file the path that it shall have
 * @param write writes the whole content into the file of the path that it is given, which is there and empty
 * @throws BackupRefused there is a file of this name already
 * @throws FileRefused it cannot be written there
 */
export async function publishFile(file: string, write: (partial: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) throw isThere(file);
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`;
  create(partial, file);
  try {
    await write(partial);
    flush(partial);
    if (!giveName(partial, file)) throw isThere(file);
  } catch (error) {
    throw isFileError(error) ? cannotBeWritten(file, error) : error;
  } finally {
    for (const companion of COMPANIONS) rmSync(`${partial}${companion}`, { force: true });
  }
  flush(dirname(file));
}

function create(partial: string, file: string): void {
  try {
    closeSync(openSync(partial, "wx", PRIVATE_FILE_MODE));
  } catch (error) {
    throw cannotBeWritten(file, error);
  }
}

function cannotBeWritten(file: string, error: unknown): FileRefused {
  return new FileRefused(`${file} cannot be written: ${describeFileError(error)}. Nothing was written.`, {
    cause: error,
  });
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
