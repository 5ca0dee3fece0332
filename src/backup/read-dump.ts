import { createReadStream, openSync, readSync, closeSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { inputFileProblem } from "../config/input-file";
import { describeFileError } from "../errors/file-refused";
import { BackupRefused } from "./publish-file";
import { DUMP_FORMAT, type DumpEnd, type DumpHeader, type DumpRow, type DumpTable } from "./write-dump";

/** What a backup is: a database file of SQLite, or a dump of ours of MySQL or MariaDB. */
export type BackupKind = "sqlite" | "dump";

/** Rows of one table, as a dump has them. */
export interface DumpBatch extends DumpTable {
  rows: DumpRow[];
}

/** How many rows and UTF-16 code units of a dump are handed on at a time; a single row may be longer. */
const MAX_BATCH_ROWS = 200;
const MAX_BATCH_LENGTH = 1_000_000;

const SQLITE_BEGINNING = Buffer.from("SQLite format 3\0");
const GZIP_BEGINNING = Buffer.from([0x1f, 0x8b]);

/**
 * Tells by its first bytes what a backup is.
 * @throws BackupRefused it is neither, or cannot be read
 */
export function kindOfBackup(file: string): BackupKind {
  // It is read more than once, so a pipe will not do.
  const problem = inputFileProblem(file);
  if (problem !== undefined) throw cannotBeRead(file, problem);
  const beginning = beginningOf(file);
  if (beginning.equals(SQLITE_BEGINNING)) return "sqlite";
  if (beginning.subarray(0, GZIP_BEGINNING.length).equals(GZIP_BEGINNING)) return "dump";
  throw new BackupRefused(`${file} is not a backup that \`partnergraph backup\` wrote.`);
}

function beginningOf(file: string): Buffer {
  const beginning = Buffer.alloc(SQLITE_BEGINNING.length);
  try {
    if (statSync(file).size === 0) throw new BackupRefused(`The backup ${file} is empty: take another one.`);
    const descriptor = openSync(file, "r");
    readSync(descriptor, beginning);
    closeSync(descriptor);
    return beginning;
  } catch (error) {
    throw error instanceof BackupRefused ? error : cannotBeRead(file, describeFileError(error));
  }
}

function cannotBeRead(file: string, problem: string): BackupRefused {
  return new BackupRefused(`The backup ${file} cannot be read: ${problem}.`);
}

/**
 * Reads the first line of a dump, and no more.
 * @throws BackupRefused it is not a dump, or a newer version wrote it in another form
 */
export async function readDumpHeader(file: string): Promise<DumpHeader> {
  for await (const line of linesOf(file)) return headerIn(file, line);
  throw notWhole(file);
}

/**
 * Reads the rows of a dump, in batches of one table.
 * @throws BackupRefused the dump is cut off, or counts other rows than it has
 */
export async function* readDumpRows(file: string): AsyncGenerator<DumpBatch, void> {
  const counted = new Map<string, number>();
  let table: DumpTable | undefined;
  let end: DumpEnd | undefined;
  let [rows, length]: [DumpRow[], number] = [[], 0];
  const batch = function* (): Generator<DumpBatch, void> {
    if (table && rows.length > 0) yield { ...table, rows };
    [rows, length] = [[], 0];
  };
  let isHeader = true;
  for await (const line of linesOf(file)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const read = parsed<DumpRow | DumpTable | DumpEnd>(file, line);
    if (Array.isArray(read)) {
      if (!table) throw notWhole(file);
      rows.push(read);
      length += line.length;
      counted.set(table.table, (counted.get(table.table) ?? 0) + 1);
      if (rows.length >= MAX_BATCH_ROWS || length >= MAX_BATCH_LENGTH) yield* batch();
      continue;
    }
    yield* batch();
    if ("end" in read) end = read;
    else {
      table = read;
      counted.set(table.table, 0);
    }
  }
  if (!end || !isSameCount(end.rows, counted)) throw notWhole(file);
}

async function* linesOf(file: string): AsyncGenerator<string, void> {
  const unzipped = createGunzip();
  const source = createReadStream(file);
  source.on("error", (error) => unzipped.destroy(error));
  try {
    yield* createInterface({ input: source.pipe(unzipped), crlfDelay: Infinity });
    // readline ends quietly where its input broke off.
    if (unzipped.errored) throw unzipped.errored;
  } catch (error) {
    throw error instanceof BackupRefused ? error : notWhole(file);
  } finally {
    source.destroy();
    unzipped.destroy();
  }
}

function headerIn(file: string, line: string): DumpHeader {
  const header = parsed<Partial<DumpHeader>>(file, line);
  if (header.partnergraph !== "dump" || !Array.isArray(header.migrations))
    throw new BackupRefused(`${file} is not a backup that \`partnergraph backup\` wrote.`);
  if (header.format !== DUMP_FORMAT)
    throw new BackupRefused(
      `${file} was written by version ${header.version} in another form. Restore it with that version.`,
    );
  return header as DumpHeader;
}

function parsed<Value>(file: string, line: string): Value {
  try {
    return JSON.parse(line) as Value;
  } catch {
    throw notWhole(file);
  }
}

function isSameCount(rows: Record<string, number>, counted: Map<string, number>): boolean {
  const tables = Object.entries(rows);
  return tables.length === counted.size && tables.every(([table, count]) => counted.get(table) === count);
}

function notWhole(file: string): BackupRefused {
  return new BackupRefused(
    `${file} is damaged or cut off. Nothing of it can be trusted: take another backup.`,
  );
}
