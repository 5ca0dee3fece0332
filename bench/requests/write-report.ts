import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

const FILE = join(__dirname, "../../docs/performance.md");
/** The commands whose measurements the file holds, each between two markers of its own. */
export type Measuring = "npm run bench" | "npm run bench:growth";

/** Puts measurements into docs/performance.md, between the command's two markers; what people wrote around them stays. */
export async function writeReport(report: string, by: Measuring = "npm run bench"): Promise<void> {
  const opening = `<!-- measured: ${by} -- --write replaces what follows -->`;
  const closing = by === "npm run bench" ? "<!-- end of what was measured -->" : `<!-- end of ${by} -->`;
  const text = readFileSync(FILE, "utf8");
  const [begin, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (begin < 0 || end < begin) throw new Error(`${FILE} has lost its markers:\n${opening}\n${closing}`);
  const written = `${text.slice(0, begin)}${opening}\n\n${report}\n\n${text.slice(end)}`;
  const options = { ...(await resolveConfig(FILE)), parser: "markdown" };
  writeFileSync(FILE, await format(written, options));
}
