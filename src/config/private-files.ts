import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { describeFileError, FileRefused } from "../errors/file-refused";

/** The mode of every file that the program writes: its owner alone reads and writes it. */
export const PRIVATE_FILE_MODE = 0o600;

const PRIVATE_FOLDER_MODE = 0o700;
const OF_OTHERS = 0o077;

const OTHER_FOLDER = "Set DATA_DIR to a folder in which this user may write.";

/**
 * Makes the data folder, and those above it, for this user alone. One that is there stays as it is: its mode is the operator's.
 * @throws FileRefused it cannot be made, or is no folder
 */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  } catch (error) {
    throw new FileRefused(
      `The data folder ${folder} cannot be made: ${describeFileError(whyNotMade(folder) ?? error)}. ${OTHER_FOLDER}`,
      { cause: error },
    );
  }
}

/** Node answers ENOENT to the recursive form wherever a folder cannot be made, also on a read-only disk; the plain form says why. */
function whyNotMade(folder: string): unknown {
  let [missing, parent] = [folder, dirname(folder)];
  while (parent !== missing && !existsSync(parent)) [missing, parent] = [parent, dirname(parent)];
  try {
    mkdirSync(missing, { mode: PRIVATE_FOLDER_MODE });
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Keeps a text in a file of the data folder: writes it where there is no such file, and gives what the file has. Of two
 * processes that start at once one writes, and both get the same.
 * @param makeText called only where there is no file
 * @throws FileRefused the file cannot be written or read
 */
export function keepPrivateFile(file: string, makeText: () => string): string {
  try {
    if (!existsSync(file)) writeFileSync(file, makeText(), { flag: "wx", mode: PRIVATE_FILE_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw cannotBeUsed(file, error);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw cannotBeUsed(file, error);
  }
}

function cannotBeUsed(file: string, error: unknown): FileRefused {
  return new FileRefused(`The file ${file} cannot be used: ${describeFileError(error)}. ${OTHER_FOLDER}`, {
    cause: error,
  });
}

/**
 * Takes from others the right to read and write a database file and its write-ahead log, which versions before 0.2.0 left to
 * the umask. SQLite gives the log and its index the mode of the database file.
 */
export function makeDatabaseFilePrivate(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(each) && (statSync(each).mode & OF_OTHERS) !== 0) makePrivate(each);
  }
}

/**
 * Makes an empty file for this user alone, where there is none.
 * @throws FileRefused it cannot be made
 */
export function makeEmptyPrivateFile(file: string): void {
  try {
    closeSync(openSync(file, "a", PRIVATE_FILE_MODE));
  } catch (error) {
    throw cannotBeUsed(file, error);
  }
}

function makePrivate(file: string): void {
  try {
    chmodSync(file, PRIVATE_FILE_MODE);
  } catch (error) {
    // Of another owner: it is readable to us, so the operator gave us that right, and it works as it did.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/** File systems without hard links answer so. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"]);

/**
 * Gives a file that was written under another name its own, unless there is one of that name. By a hard link, because a rename
 * would replace a file that was made meanwhile.
 * @param partial the path under which it was written; the caller removes what is left there
 * @returns whether it has the name now; false where another file has it
 */
export function giveName(partial: string, file: string): boolean {
  try {
    linkSync(partial, file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || existsSync(file)) return false;
    if (!NO_LINKS.has(code)) throw error;
    renameSync(partial, file);
  }
  return true;
}
