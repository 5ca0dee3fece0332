import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";

/** The mode of every file that the program writes: its owner alone reads and writes it. */
export const PRIVATE_FILE_MODE = 0o600;

const PRIVATE_FOLDER_MODE = 0o700;
const OF_OTHERS = 0o077;

/** Makes a folder, and those above it, for this user alone. One that is there stays as it is: its mode is the operator's. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
}

/**
 * Takes from others the right to read and write a database file and its write-ahead log, which versions before 0.2.0 left to
 * the umask. Makes an empty file where there is none: SQLite gives the log and its index the mode of the database file.
 */
export function makeDatabaseFilePrivate(file: string): void {
  makeEmptyPrivateFile(file);
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(each) && (statSync(each).mode & OF_OTHERS) !== 0) makePrivate(each);
  }
}

/** Makes an empty file for this user alone, where there is none. */
export function makeEmptyPrivateFile(file: string): void {
  closeSync(openSync(file, "a", PRIVATE_FILE_MODE));
}

function makePrivate(file: string): void {
  try {
    chmodSync(file, PRIVATE_FILE_MODE);
  } catch (error) {
    // Of another owner: it is readable to us, so the operator gave us that right, and it works as it did.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
