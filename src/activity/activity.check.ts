import { ActivityRecord } from "../../entities/activity/activity-record";
import { OrganizationHead } from "../../entities/events/organization-head";
import type { ConsistencyCheck } from "../database/consistency-check";
import { reference } from "../database/references.check";
import { verifyActivityLog } from "./verify-activity-log";

/** What an activity record names. */
export const activityReferences = [reference(ActivityRecord, "organizationId", OrganizationHead)];

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
