import { importOffers } from "../catalog";
import { readInputFile } from "../config/input-file";
import { FileRefused } from "../errors/file-refused";
import { NotUtf8 } from "../values/utf8";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/** `partnergraph import-offers FILE`: brings the catalogue to what a file says; exits 1 when a record was left out, 2 when the file as a whole cannot be taken. */
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

/** The file's text. @throws FileRefused it is not there, is no file, or is not UTF-8 */
function textOf(file: string): string {
  try {
    return readInputFile(file, { pipes: true });
  } catch (error) {
    if (!(error instanceof NotUtf8) && !(error instanceof FileRefused)) throw error;
    const reason = error instanceof NotUtf8 ? `. ${error.message}` : `: ${error.message}.`;
    throw new FileRefused(`${file} cannot be read${reason} Nothing was imported.`, { cause: error });
  }
}
