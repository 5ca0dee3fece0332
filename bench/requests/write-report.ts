import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

const FILE = join(__dirname, "../../docs/performance.md");
const BEGIN = "<!-- measured: npm run bench -- --write replaces what follows -->";
const END = "<!-- end of what was measured -->";

/** Puts the measurements into docs/performance.md, between its two markers; what people wrote around them stays. */
export async function writeReport(report: string): Promise<void> {
  const text = readFileSync(FILE, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${FILE} has lost its markers:\n${BEGIN}\n${END}`);
  const written = `${text.slice(0, begin)}${BEGIN}\n\n${report}\n\n${text.slice(end)}`;
  const options = { ...(await resolveConfig(FILE)), parser: "markdown" };
  writeFileSync(FILE, await format(written, options));
}
