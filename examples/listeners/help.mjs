import { readFileSync } from "node:fs";

/** Prints the comment at the head of the program that runs, and ends it, when its command line asks for --help. */
export function answerHelp() {
  if (!process.argv.slice(2).some((word) => word === "--help" || word === "-h")) return;
  const [, head = ""] = /\/\*\n([^]*?)\n \*\//.exec(readFileSync(process.argv[1], "utf8")) ?? [];
  process.stdout.write(`${head.replace(/^ \* ?/gm, "")}\n`);
  process.exit(0);
}
