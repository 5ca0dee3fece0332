import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A block of code in a document. */
export interface FencedBlock {
  /** The document, from the root of the repository. */
  file: string;
  /** The number of its first line between the fences. */
  line: number;
  /** What stands behind the opening fence, such as `sh`; empty for what a program prints. */
  language: string;
  text: string;
  /** What follows the block, up to the next one. */
  prose: string;
}

const BLOCK = /^```(\w*)\n([^]*?)^```$([^]*?)(?=^```|(?![^]))/gm;

/** The blocks of code in a Markdown document of the repository, in their order. */
export function fencedBlocks(file: string): FencedBlock[] {
  const document = readFileSync(join(__dirname, "../..", file), "utf8");
  return [...document.matchAll(BLOCK)].map(({ index, 1: language = "", 2: text = "", 3: prose = "" }) => ({
    file,
    line: document.slice(0, index).split("\n").length + 1,
    language,
    text,
    prose,
  }));
}
