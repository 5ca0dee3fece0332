import { cpus, loadavg, release, totalmem } from "node:os";

/** Where and how figures were made: the date, the command, the machine, and what else it did. */
export function surroundings(command: string, date = new Date()): string {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const machine = `${cpus().length} × ${first?.model ?? "unknown"}, ${gigabytes} GB, Linux ${release()}`;
  // Over the last quarter of an hour, so that it tells of most of the run.
  const load = `The machine's load was ${loadavg()[2]?.toFixed(1)} on average, the bench's own processes included.`;
  return `Measured on ${date.toISOString().slice(0, 10)} by \`${command}\`, on ${machine}, with Node.js ${process.versions.node}. ${load}`;
}

/** The command line of a script as somebody else would type it: without `--write`. */
export function commandOf(script: string, args: string[]): string {
  const asked = args.filter((word) => word !== "--write");
  return [script, ...(asked.length > 0 ? ["--", ...asked] : [])].join(" ");
}

/** Rows as a Markdown table; the first column is text, the others are figures. */
export function markdownTable(head: string[], rows: string[][]): string {
  const rule = head.map((_cell, at) => (at === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
