import { recountRows } from "../unit-of-work/recount-rows";
import type { DatabaseSubcommand } from "./subcommand";

/**
 * `partnergraph admin recount-rows`: compares what `totalCount` of an organization's lists is answered from with the rows
 * themselves, corrects what differs, and prints a line for each organization that did.
 */
export const recountRowsCommand: DatabaseSubcommand = {
  about: "counts the rows of every organization anew, and corrects the counts that were wrong",
  options: {},
  run: async (ctx, _values, { print }) => {
    let [looked, wrong] = [0, 0];
    for await (const batch of recountRows(ctx)) {
      looked += batch.looked;
      wrong += batch.wrong.length;
      for (const { organizationId, before, after } of batch.wrong)
        print(`${organizationId}: ${JSON.stringify(before)} was ${JSON.stringify(after)}`);
    }
    return wrong === 0
      ? `The counts of ${looked} organizations are right.`
      : `The counts of ${wrong} of ${looked} organizations were wrong, and are corrected.`;
  },
};
