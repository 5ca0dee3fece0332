import { type LogReport, verifyActivityLog } from "../../audit/verify-activity-log";
import type { DatabaseSubcommand } from "./subcommand";

/**
 * `partnergraph admin verify-activity-log`: recomputes the chain of every organization's activity log, prints a line for
 * each, and exits 1 when one of them is not what the program wrote.
 */
export const verifyActivityLogCommand: DatabaseSubcommand = {
  about: "checks that nobody touched the activity logs, and names the first record that was",
  options: {
    organization: { about: "the id of the only organization to look at; all when absent" },
  },
  run: async (ctx, { organization }, { print }) => {
    let logs = 0;
    const damaged: string[] = [];
    for await (const report of verifyActivityLog(ctx, organization)) {
      logs++;
      if (report.damage) damaged.push(report.organizationId);
      print(inWords(report));
    }
    if (damaged.length > 0) {
      throw new Error(`Damaged: ${damaged.length} of ${logs} activity logs (${damaged.join(", ")}).`);
    }
    return `${logs} activity logs are whole.`;
  },
};

function inWords({ organizationId, records, headHash, damage }: LogReport): string {
  if (!damage) return `${organizationId}: ${records} records, head ${headHash || "none"}`;
  const { sequence, id, problem } = damage;
  const which = `record ${sequence}${id === null ? "" : ` (${id})`}`;
  return `${organizationId}: DAMAGED at ${which}: ${problem}; ${records} records before it are whole`;
}
