import type { ConsistencyCheck } from "../database/consistency-check";
import { verifyActivityLog } from "./verify-activity-log";

/** Recomputes the chain of every organization's activity log. */
export const activityCheck: ConsistencyCheck = {
  name: "activity logs",
  async *run(reads) {
    for await (const { organizationId, records, damage } of verifyActivityLog({
      read: (work) => work(reads),
    })) {
      const findings = damage
        ? [
            {
              table: "activity_record",
              id: `${organizationId} ${damage.sequence}`,
              problem: damage.problem,
              expected: "the record that the program wrote",
            },
          ]
        : [];
      yield { looked: records, findings };
    }
  },
};
