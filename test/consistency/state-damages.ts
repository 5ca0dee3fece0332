import type { Scenario } from "./scenario";

/** A statement that changes one row. */
export const set = (table: string, id: string, changes: string) =>
  `UPDATE ${table} SET ${changes} WHERE id = '${id}'`;

/** Where the relationships of an invitation are found. */
const madeBy = (invitationId: string) => `WHERE invitationId = '${invitationId}'`;

/** Some statements that damage what the scenario made, and what the checks say then. */
export interface Damage {
  what: string;
  statements: (of: Scenario) => string[];
  finds: (of: Scenario) => RegExp[];
}

/** Damaged invitations. */
export const invitations: Damage[] = [
  {
    what: "an accepted invitation that is pending again, as half an acceptance leaves it",
    statements: ({ accepted }) => [
      set("invitation", accepted.id, "status = 'PENDING', customerId = NULL, endedAt = NULL"),
    ],
    finds: ({ accepted }) => [
      new RegExp(
        `reseller_relationship rel_\\w+: it came from the invitation ${accepted.id}, which is PENDING; an ACCEPTED`,
      ),
      /organization_head part_\w+: its counts are .*; .*recount-rows/,
    ],
  },
  {
    what: "an accepted invitation without its relationship",
    statements: ({ accepted }) => [`DELETE FROM reseller_relationship ${madeBy(accepted.id)}`],
    finds: ({ accepted, partnerId, active }) => [
      new RegExp(
        `invitation ${accepted.id}: it is ACCEPTED, and ${partnerId} has no relationship with cust_`,
      ),
      new RegExp(`subscription ${active}: it is ACTIVE, and ${partnerId} has no active relationship`),
    ],
  },
  {
    what: "an accepted invitation without its provider's relationship",
    statements: ({ forBoth, providerId }) => [
      `DELETE FROM reseller_relationship ${madeBy(forBoth.id)} AND partnerId = '${providerId}'`,
    ],
    finds: ({ forBoth, providerId }) => [
      new RegExp(`invitation ${forBoth.id}: it is ACCEPTED, and ${providerId} has no relationship`),
    ],
  },
  {
    what: "a relationship that forgot its invitation",
    statements: ({ accepted }) => [
      `UPDATE reseller_relationship SET invitationId = NULL ${madeBy(accepted.id)}`,
    ],
    finds: ({ accepted }) => [
      new RegExp(`invitation ${accepted.id}: it is ACCEPTED, and no relationship came of it`),
    ],
  },
  ...[
    ["endedAt = '2026-03-01T12:00:00.000Z'", "it is PENDING and ended at"],
    ["status = 'REVOKED', pendingKey = NULL", "it is REVOKED and has no endedAt"],
    ["status = 'REVOKED', endedAt = '2026-03-01T12:00:00.000Z'", "it is REVOKED and still has a pendingKey"],
    ["status = 'ACCEPTED'", "it is ACCEPTED and names no customer"],
    ["status = 'LOST'", "its status is LOST; PENDING, "],
  ].map(([changes = "", problem = ""]) => ({
    what: `an invitation with ${changes}`,
    statements: ({ pending }: Scenario) => [set("invitation", pending.id, changes)],
    finds: ({ pending }: Scenario) => [new RegExp(`invitation ${pending.id}: ${problem}`)],
  })),
  {
    what: "a reusable invitation that is used up",
    statements: ({ open }) => [set("invitation", open.id, "status = 'ACCEPTED'")],
    finds: ({ open }) => [new RegExp(`invitation ${open.id}: it is ACCEPTED and reusable`)],
  },
  {
    what: "an acceptance without its activity record",
    statements: ({ accepted }) => [set("invitation", accepted.id, "endedAt = '2026-03-01T12:00:00.001Z'")],
    finds: ({ accepted, partnerId }) => [
      new RegExp(
        `invitation ${accepted.id}: the activity log of ${partnerId} has no record of its change; .*00.001Z`,
      ),
    ],
  },
];

/** Damaged relationships. */
export const relationships: Damage[] = [
  ...[
    ["removedAt = NULL", "it is REMOVED and has no removedAt"],
    ["status = 'ACTIVE'", "it is ACTIVE and was removed at"],
    ["removedAt = '2026-03-01T00:00:00.000Z'", "it was removed at .*, before it was established"],
    ["companyNameKey = 'other'", "its companyNameKey is not that of companyName"],
    ["status = 'GONE'", "its status is GONE; ACTIVE, REMOVED"],
  ].map(([changes = "", problem = ""]) => ({
    what: `a relationship with ${changes}`,
    statements: ({ removed }: Scenario) => [set("reseller_relationship", removed.id, changes)],
    finds: ({ removed }: Scenario) => [new RegExp(`reseller_relationship ${removed.id}: ${problem}`)],
  })),
  {
    what: "a relationship from another customer's and another partner's invitation",
    statements: ({ accepted, forBoth }) => [
      `UPDATE reseller_relationship SET invitationId = '${forBoth.id}' ${madeBy(accepted.id)}`,
    ],
    finds: ({ forBoth, buyerId, partnerId }) => [
      new RegExp(
        `it came from the invitation ${forBoth.id}, which cust_\\w+ accepted; accepted by ${buyerId}`,
      ),
      new RegExp(`which is another partner's; of ${partnerId}`),
    ],
  },
  {
    what: "a removal at another time than its activity record says",
    statements: ({ removed }) => [
      set("reseller_relationship", removed.id, "removedAt = '2026-03-02T00:00:00.000Z'"),
    ],
    finds: ({ removed }) => [
      new RegExp(
        `reseller_relationship ${removed.id}: the activity log of part_\\w+ has no record of its change`,
      ),
    ],
  },
];

/** Damaged subscriptions. */
export const subscriptions: Damage[] = [
  ...[
    ["dueAt = NULL", "its next step is due at null; 20"],
    ["termEndsAt = '2026-09-01T23:59:59.999Z'", "its term 1 ends at 2026-09-01"],
    ["termEndsAt = '2025-09-01T23:59:59.999Z'", "its term ends at 2025-09-01.*, before it starts"],
    ["termNumber = 0", "its term is number 0"],
    ["suspensionReasons = '[\"PARTNER\"]'", "it is ACTIVE for PARTNER"],
    ["status = 'SUSPENDED'", "it is SUSPENDED without a reason"],
    ["status = 'EXPIRED'", "it is EXPIRED and renews by itself"],
    ["quantity = 0", "its quantity is 0"],
    ["quantity = 1", "9 of its 1 can be given back"],
    ["status = 'LOST'", "its status is LOST"],
    ["createdAt = '2026-02-02T00:00:00.000Z'", "the activity log of part_\\w+ has no record of its change"],
  ].map(([changes = "", problem = ""]) => ({
    what: `a subscription with ${changes}`,
    statements: ({ active }: Scenario) => [set("subscription", active, changes)],
    finds: ({ active }: Scenario) => [new RegExp(`subscription ${active}: ${problem}`)],
  })),
];
