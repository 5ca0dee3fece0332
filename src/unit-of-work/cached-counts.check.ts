import type { ConsistencyCheck } from "../database/consistency-check";
import { compareCounts } from "./recount-rows";

/** Compares the counts that whole lists are answered from with the rows themselves. */
export const rowCountCheck: ConsistencyCheck = {
  name: "kept counts",
  async *run(reads) {
    for await (const { looked, differing } of compareCounts((work) => work(reads))) {
      const findings = differing.map(({ organizationId, before, after }) => ({
        table: "organization_head",
        id: organizationId,
        problem: `its counts are ${JSON.stringify(before)}`,
        expected: `${JSON.stringify(after)}; npm run admin -- recount-rows corrects them`,
      }));
      yield { looked, findings };
    }
  },
};
