import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readInputFile, inputFileProblem } from "./input-file";

/** What trusted documents are for: nothing, telling who sends others, or refusing all others. */
export const documentModes = ["off", "log", "enforce"] as const;
/** One of them. */
export type DocumentMode = (typeof documentModes)[number];

/** What an operator decides about trusted documents. */
export interface TrustedDocumentsConfig {
  mode: DocumentMode;
  /** The file that they are from, for messages; absent when the mode is off. */
  file?: string;
  /** Their texts by their SHA-256, 64 small hexadecimal digits. */
  texts: ReadonlyMap<string, string>;
}

const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_DOCUMENTS = 2_000;
/** Who took the wrong file or algorithm learns no more from the thousandth line. */
const MAX_PROBLEMS = 10;

const OTHER_ALGORITHMS: Record<number, string> = { 32: "MD5", 40: "SHA-1" };

/** The hash by which a document is known: SHA-256 of its text in UTF-8, in small hexadecimal digits. */
export function documentHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether a text has the shape of such a hash. */
export function isDocumentHash(text: string): boolean {
  return /^[\da-f]{64}$/.test(text);
}

/** The hash that an id says, with or without `sha256:` before it. */
export function hashInId(id: string): string {
  return id.replace(/^sha256:/, "");
}

/**
 * Reads the file of trusted documents, unless they are off: whoever turns them off because of the file is not stopped by
 * the file. What its texts say is not looked at here.
 */
export function readTrustedDocuments(found: Record<string, string | undefined>): {
  trustedDocuments: TrustedDocumentsConfig;
  problems: string[];
} {
  const { TRUSTED_DOCUMENTS: asked, TRUSTED_DOCUMENTS_FILE: file } = found;
  const usual = file ? "log" : "off";
  const mode = documentModes.find((one) => one === asked) ?? usual;
  const texts = new Map<string, string>();
  const off = { trustedDocuments: { mode: "off", texts } as const };
  if (mode === "off") return { ...off, problems: [] };
  if (!file)
    return { ...off, problems: [`TRUSTED_DOCUMENTS_FILE is required when TRUSTED_DOCUMENTS=${mode}`] };
  const problems = readInto(texts, file).map((problem) => `TRUSTED_DOCUMENTS_FILE ${file} ${problem}`);
  return { trustedDocuments: { mode, file, texts }, problems };
}

function readInto(texts: Map<string, string>, file: string): string[] {
  let entries: [string, unknown][];
  try {
    const size = inputFileProblem(file) === undefined ? statSync(file).size : 0;
    if (size > MAX_FILE_BYTES) return [`has ${size} bytes; at most ${MAX_FILE_BYTES} are read`];
    const read: unknown = JSON.parse(readInputFile(file));
    if (typeof read !== "object" || read === null || Array.isArray(read))
      return ['must hold a JSON object of documents by their hashes: {"sha256:…": "query …"}'];
    entries = Object.entries(read);
  } catch (error) {
    return [`cannot be read: ${(error as Error).message}`];
  }
  if (entries.length === 0) return ["holds no document"];
  if (entries.length > MAX_DOCUMENTS)
    return [`holds ${entries.length} documents; at most ${MAX_DOCUMENTS} are read`];
  const problems: string[] = [];
  for (const [id, text] of entries) {
    const problem = problemOf(id, text);
    if (problem) problems.push(`entry ${JSON.stringify(id.slice(0, 80))}: ${problem}`);
    else texts.set(hashInId(id), text as string);
  }
  return fewOf(problems);
}

/** The first problems of many, and how many more there are. */
export function fewOf(problems: string[]): string[] {
  const more = problems.length - MAX_PROBLEMS;
  return more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `has ${more} more mistakes`] : problems;
}

function problemOf(id: string, text: unknown): string | undefined {
  const hash = hashInId(id);
  if (!isDocumentHash(hash)) {
    const algorithm = /^[\da-f]+$/.test(hash) ? OTHER_ALGORITHMS[hash.length] : undefined;
    const looks = algorithm ? `; this looks like ${algorithm}: tell the tool to use SHA-256` : "";
    return `the key must be the text's SHA-256, 64 small hexadecimal digits with or without "sha256:" before them${looks}`;
  }
  if (typeof text !== "string") return "must be the text of a document";
  const found = documentHash(text);
  return found === hash ? undefined : `the text has another SHA-256, ${found}: one of both was changed`;
}
