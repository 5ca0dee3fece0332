import { type Damage, set } from "./state-damages";
import type { Scenario } from "./scenario";

/** Events about a thing of the story, by what their facts name. */
const about = (type: string, id: string) => `type = '${type}' AND INSTR(facts, '${id}') > 0`;

/** Damaged event streams. */
export const streams: Damage[] = [
  ...(
    [
      "invitation.accepted",
      "relationship.removed",
      "relationship.established",
      "subscription.created",
    ] as const
  ).map((type) => ({
    what: `a stream without ${type}`,
    statements: (of: Scenario) => [
      `DELETE FROM event WHERE organizationId = '${of.partnerId}' AND ${about(type, subjectOf(type, of))}`,
    ],
    finds: (of: Scenario) => [
      new RegExp(`${subjectOf(type, of)}: the stream of ${of.partnerId} has no event ${type} about it`),
      new RegExp(
        `event ${of.partnerId} \\d+: the events? .* missing before it; no gap|organization_head ${of.partnerId}: the head`,
      ),
    ],
  })),
  {
    what: "a head that is behind its stream",
    statements: ({ partnerId }) => [
      `UPDATE organization_head SET lastPosition = lastPosition - 1 WHERE organizationId = '${partnerId}'`,
    ],
    finds: ({ partnerId }) =>
      [
        new RegExp(
          `organization_head ${partnerId}: the head of the stream is at \\d+; \\d+, where the events end`,
        ),
        new RegExp(`webhook_endpoint whe_\\w+: it has got the events up to \\d+; \\d+ at most`),
      ].slice(0, 1),
  },
  {
    what: "a stream that is empty although its head has moved",
    statements: ({ buyerId }) => [`DELETE FROM event WHERE organizationId = '${buyerId}'`],
    finds: ({ buyerId }) => [
      new RegExp(`organization_head ${buyerId}: the head of the stream is at \\d+; 0, where`),
    ],
  },
  {
    what: "events that were said to be purged",
    statements: ({ buyerId }) => [
      `UPDATE organization_head SET forgottenPosition = 1 WHERE organizationId = '${buyerId}'`,
    ],
    finds: ({ buyerId }) => [
      new RegExp(`event ${buyerId} 1: it is there, although the events up to it are no longer kept`),
    ],
  },
  ...[
    ["type = 'nothing.happened'", "its type is nothing.happened"],
    ["facts = 'broken'", "its facts cannot be read"],
    ["customerId = 'cust_other'", "its customerId is cust_other; cust_"],
  ].map(([changes = "", problem = ""]) => ({
    what: `an event with ${changes}`,
    statements: ({ buyerId }: Scenario) => [
      `UPDATE event SET ${changes} WHERE organizationId = '${buyerId}' AND position = 1`,
    ],
    finds: ({ buyerId }: Scenario) => [new RegExp(`event ${buyerId} 1: ${problem}`)],
  })),
];

function subjectOf(type: string, { accepted, removed, active }: Scenario): string {
  if (type === "invitation.accepted") return accepted.id;
  return type === "subscription.created" ? active : removed.id;
}

/** Damaged activity logs, counts, webhooks and idempotency records. */
export const records: Damage[] = [
  {
    what: "an activity log with another end",
    statements: ({ partnerId }) => [
      `UPDATE organization_head SET lastHash = 'x' WHERE organizationId = '${partnerId}'`,
    ],
    finds: ({ partnerId }) => [new RegExp(`activity_record ${partnerId} \\d+: link broken`)],
  },
  {
    what: "an activity log that lost its last record",
    statements: ({ partnerId }) => [
      `UPDATE organization_head SET lastSequence = lastSequence + 1 WHERE organizationId = '${partnerId}'`,
    ],
    finds: ({ partnerId }) => [new RegExp(`activity_record ${partnerId} \\d+: missing at the end`)],
  },
  {
    what: "wrong counts",
    statements: ({ partnerId }) => [
      `UPDATE organization_head SET rowCounts = '{"INVITATION PENDING":99}' WHERE organizationId = '${partnerId}'`,
    ],
    finds: ({ partnerId }) => [
      new RegExp(`organization_head ${partnerId}: its counts are \\{"INVITATION PENDING":99\\}`),
    ],
  },
  ...[
    ["deliveredPosition = 9999", "it has got the events up to 9999; \\d+ at most"],
    ["deliveredPosition = -1", "it has got the events up to -1"],
    ["status = 'DISABLED'", "it is DISABLED and has no disabledAt"],
    ["disabledAt = '2026-03-01T12:00:00.000Z'", "it is ACTIVE and was disabled at"],
    ["leaseHolder = 'w', leaseUntil = NULL", "w holds it without an end"],
  ].map(([changes = "", problem = ""]) => ({
    what: `a webhook endpoint with ${changes}`,
    statements: ({ endpointId }: Scenario) => [set("webhook_endpoint", endpointId, changes)],
    finds: ({ endpointId }: Scenario) => [new RegExp(`webhook_endpoint ${endpointId}: ${problem}`)],
  })),
  {
    what: "a delivery of an event that is not there yet",
    statements: ({ deliveryId }) => [set("webhook_delivery", deliveryId, "position = 9999")],
    finds: ({ deliveryId }) => [new RegExp(`webhook_delivery ${deliveryId}: it is about the event at 9999`)],
  },
  ...[
    ["sealedResult = NULL", "it has no result"],
    ["sealedResult = 'AAAA'", "its result was cut off"],
    ["inputHash = 'x'", "its inputHash is no hash"],
    [
      "expiresAt = '2026-03-05T12:00:00.000Z'",
      "it holds the result of \\w+ at 2026-03-04.*, which left nothing",
    ],
  ].map(([changes = "", problem = ""]) => ({
    what: `an idempotency record with ${changes}`,
    statements: () => [`UPDATE idempotency_record SET ${changes}`],
    finds: () => [new RegExp(`idempotency_record [0-9a-f]{64}: ${problem}`)],
  })),
  {
    what: "an idempotency record whose id is no hash",
    statements: () => ["UPDATE idempotency_record SET id = 'x' WHERE operation = 'createCustomer'"],
    finds: () => [/idempotency_record x: its id is no hash/],
  },
];
