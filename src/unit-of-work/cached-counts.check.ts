import type { ConsistencyCheck } from "../database/consistency-check";
import type { AuditedRows } from "../activity/audited-rows";
import { compareCounts } from "./recount-rows";

/** Compares the counts that whole lists are answered from with the rows themselves. */
export function rowCountCheck(auditedRows: AuditedRows): ConsistencyCheck {
  return {
    name: "kept counts",
    async *run(reads) {
      for await (const { looked, differing } of compareCounts(auditedRows, (work) => work(reads))) {
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
}
