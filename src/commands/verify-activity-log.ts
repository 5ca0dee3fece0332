import { hasActivityLog, type LogReport, verifyActivityLog } from "../activity/verify-activity-log";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { checkOrganizationId } from "../identity";
import { findOrganization } from "../organizations";
import { ExitCode } from "./exit-code";
import type { DatabaseSubcommand } from "./subcommand";

/**
 * `partnergraph admin verify-activity-log`: recomputes the chain of every organization's activity log, prints a line for
 * each, and exits 1 when one of them is not what the program wrote.
 */
export const verifyActivityLogCommand: DatabaseSubcommand = {
  about: "checks that nobody touched the activity logs, and names the first record that was",
  options: {
    organization: {
      about: "the id of the only organization to look at, part_... or cust_...; all when absent",
    },
  },
  check: ({ organization }) => {
    if (organization !== undefined) checkOrganizationId(organization).done();
  },
  run: async (ctx, { organization }, { print, complain }) => {
    if (organization !== undefined && !(await isThere(ctx, organization)))
      return {
        text: `${organization}: NOT FOUND; there is no such organization`,
        exitCode: ExitCode.COULD_NOT_RUN,
      };
    let logs = 0;
    const damaged: string[] = [];
    for await (const report of verifyActivityLog(ctx, organization)) {
      logs++;
      if (report.damage) damaged.push(report.organizationId);
      print(inWords(report));
    }
    if (damaged.length === 0) return `${logs} activity logs are whole.`;
    complain(`Damaged: ${damaged.length} of ${logs} activity logs (${damaged.join(", ")}).`);
    return { exitCode: ExitCode.REFUSED };
  },
};

/** An organization whose log somebody removed is there, and damaged. */
async function isThere(ctx: UseCaseContext, organizationId: string): Promise<boolean> {
  const known = await ctx.read((reads) => findOrganization(reads, organizationId));
  return known !== undefined || (await hasActivityLog(ctx, organizationId));
}

function inWords({ organizationId, records, headHash, damage }: LogReport): string {
  if (!damage) return `${organizationId}: ${records} records, head ${headHash || "none"}`;
  const { sequence, id, problem } = damage;
  const which = `record ${sequence}${id === null ? "" : ` (${id})`}`;
  return `${organizationId}: DAMAGED at ${which}: ${problem}; ${records} records before it are whole`;
}
