import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

const FILE = join(__dirname, "../docs/performance.md");
const END = "<!-- end of what was measured -->";

/**
 * Puts what a script has measured (`npm run bench`) into docs/performance.md, between the two markers that name it; what
 * people wrote around them stays.
 */
export async function writeReport(script: string, report: string): Promise<void> {
  const text = readFileSync(FILE, "utf8");
  const marker = `<!-- measured: ${script} -- --write replaces what follows -->`;
  const begin = text.indexOf(marker);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${FILE} has lost its markers:\n${marker}\n${END}`);
  const written = `${text.slice(0, begin)}${marker}\n\n${report}\n\n${text.slice(end)}`;
  const options = { ...(await resolveConfig(FILE)), parser: "markdown" };
  writeFileSync(FILE, await format(written, options));
}
