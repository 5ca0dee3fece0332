import { readFileSync } from "node:fs";
import { importOffers } from "../../catalog";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/** `partnergraph import-offers FILE`: brings the catalogue to what a file says; exits 1 when a record was left out. */
export const importOffersCommand: DatabaseSubcommand = {
  about: "brings the catalogue to what a JSON file says, also while the server runs",
  makesDatabase: true,
  options: {},
  argument: { name: "FILE", about: 'the offers as JSON, { "items": [offer, ...] } or [offer, ...]' },
  run: async (ctx, { FILE: file = "" }, { complain }) => {
    const report = await importOffers(ctx, readFileSync(file, "utf8"));
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
