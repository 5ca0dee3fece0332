import { readFileSync, type Stats, statSync } from "node:fs";
import { describeFileError, FileRefused } from "../errors/file-refused";
import { decodeUtf8 } from "../values/utf8";

/** What else may stand at a path. Opening a pipe waits for somebody who writes into it, which may be never. */
const NO_FILE: [is: (stats: Stats) => boolean, what: string][] = [
  [(stats) => stats.isDirectory(), "it is a folder; name a file in it"],
  [(stats) => stats.isFIFO(), "it is a pipe; write what comes out of it into a file, and name that"],
  [(stats) => !stats.isFile(), "it is a device or a socket; name a file"],
];

/** How a file is read. */
export interface InputFileOptions {
  /** Whether a pipe will do, such as that of `<(command)` in a shell: it is read once. False when absent. */
  pipes?: boolean;
}

/**
 * Why there is no file at a path that can be read, in words that say what to do; undefined where there is one. Opens nothing, so
 * it never waits.
 */
export function inputFileProblem(file: string, { pipes = false }: InputFileOptions = {}): string | undefined {
  try {
    const stats = statSync(file);
    if (pipes && stats.isFIFO()) return undefined;
    return NO_FILE.find(([is]) => is(stats))?.[1];
  } catch (error) {
    return describeFileError(error);
  }
}

/**
 * Reads a file that an operator named, as UTF-8.
 * @throws FileRefused it is not there, is no file, or must not be read; the message is the reason alone, without the path
 * @throws NotUtf8 it is in another encoding
 */
export function readInputFile(file: string, options?: InputFileOptions): string {
  const problem = inputFileProblem(file, options);
  if (problem !== undefined) throw new FileRefused(problem);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new FileRefused(describeFileError(error), { cause: error });
  }
  return decodeUtf8(bytes);
}
