import { readFileSync } from "node:fs";
import { importOffers } from "../../catalog";
import { decodeUtf8, NotUtf8 } from "../../values/utf8";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/** `partnergraph import-offers FILE`: brings the catalogue to what a file says; exits 1 when a record was left out. */
export const importOffersCommand: DatabaseSubcommand = {
  about: "brings the catalogue to what a JSON file says, also while the server runs",
  makesDatabase: true,
  options: {},
  argument: { name: "FILE", about: 'the offers as JSON, { "items": [offer, ...] } or [offer, ...]' },
  run: async (ctx, { FILE: file = "" }, { complain }) => {
    const report = await importOffers(ctx, textOf(file));
    for (const { line, catalogId, problems } of report.refused) {
      complain(`line ${line}${catalogId ? ` (${catalogId})` : ""}: ${problems.join(" ")}`);
    }
    const { added, updated, unchanged, refused } = report;
    return {
      text: `${added} added, ${updated} updated, ${unchanged} unchanged, ${refused.length} refused`,
      exitCode: refused.length > 0 ? ExitCode.REFUSED : ExitCode.DONE,
    };
  },
};

/** The file's text. @throws Error it is not there, or is not UTF-8 */
function textOf(file: string): string {
  try {
    return decodeUtf8(readFileSync(file));
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    throw new Error(`${file} cannot be read. ${error.message} Nothing was imported.`, { cause: error });
  }
}
