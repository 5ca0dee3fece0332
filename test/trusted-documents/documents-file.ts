import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A document's id, as tools write it. */
export function idOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** A folder for files of documents. */
export interface DocumentFiles {
  /** Writes a file with this text, or with these documents by their ids, and gives its path. */
  write(content: string | string[] | Record<string, unknown>): string;
  remove(): void;
}

/** Makes a folder for files of documents. */
export function makeDocumentFiles(): DocumentFiles {
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-documents-"));
  let written = 0;
  return {
    write: (content) => {
      const file = join(folder, `${++written}.json`);
      const listed = Array.isArray(content)
        ? Object.fromEntries(content.map((text) => [idOf(text), text]))
        : content;
      writeFileSync(file, typeof listed === "string" ? listed : JSON.stringify(listed));
      return file;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
