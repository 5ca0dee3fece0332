import { setTimeout as pause } from "node:timers/promises";
import { references } from "../../src/database/references.check";
import { Reads } from "../../src/database/reads";
import { acceptInvitation } from "../../src/invitations";
import { aCustomer, anInvitation, aPartner } from "../support/builders";
import { type House, openHouse } from "../support/house";
import { findingsIn, play, type Story } from "./story";

let house: House;
let story: Story;
beforeAll(async () => {
  house = await openHouse();
  story = await play(house);
});
afterAll(() => house.close());

class Undone extends Error {}

/** What the checks find after some statements, which are rolled back then; foreign keys do not stand in the way. */
async function findingsAfter(statements: string[], checks: string[]): Promise<string[]> {
  const isSqlite = testDatabase === "sqlite";
  let found: string[] = [];
  const damaged = house.database.transact(async (connection) => {
    await connection.rows(isSqlite ? "PRAGMA defer_foreign_keys = ON" : "SET FOREIGN_KEY_CHECKS = 0", []);
    for (const statement of statements) expect(await connection.change(statement, [])).toBeGreaterThan(0);
    const findings = await findingsIn(new Reads(connection, house.database.maps), checks);
    if (!isSqlite) await connection.rows("SET FOREIGN_KEY_CHECKS = 1", []);
    found = findings.map(({ table, id, problem, expected }) => `${table} ${id}: ${problem}; ${expected}`);
    throw new Undone();
  });
  await expect(damaged).rejects.toThrow(Undone);
  return found;
}

const set = (table: string, id: string, changes: string) =>
  `UPDATE ${table} SET ${changes} WHERE id = '${id}'`;

/** Where the relationships of an invitation are found. */
const madeBy = (invitationId: string) => `WHERE invitationId = '${invitationId}'`;

interface Damage {
  what: string;
  statements: (of: Story) => string[];
  finds: (of: Story) => RegExp[];
}

const invitations: Damage[] = [
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
    statements: ({ pending }: Story) => [set("invitation", pending.id, changes)],
    finds: ({ pending }: Story) => [new RegExp(`invitation ${pending.id}: ${problem}`)],
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

const relationships: Damage[] = [
  ...[
    ["removedAt = NULL", "it is REMOVED and has no removedAt"],
    ["status = 'ACTIVE'", "it is ACTIVE and was removed at"],
    ["removedAt = '2026-03-01T00:00:00.000Z'", "it was removed at .*, before it was established"],
    ["companyNameKey = 'other'", "its companyNameKey is not that of companyName"],
    ["status = 'GONE'", "its status is GONE; ACTIVE, REMOVED"],
  ].map(([changes = "", problem = ""]) => ({
    what: `a relationship with ${changes}`,
    statements: ({ removed }: Story) => [set("reseller_relationship", removed.id, changes)],
    finds: ({ removed }: Story) => [new RegExp(`reseller_relationship ${removed.id}: ${problem}`)],
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

const subscriptions: Damage[] = [
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
    statements: ({ active }: Story) => [set("subscription", active, changes)],
    finds: ({ active }: Story) => [new RegExp(`subscription ${active}: ${problem}`)],
  })),
];

/** Events about a thing of the story, by what their facts name. */
const about = (type: string, id: string) => `type = '${type}' AND INSTR(facts, '${id}') > 0`;

const streams: Damage[] = [
  ...(
    [
      "invitation.accepted",
      "relationship.removed",
      "relationship.established",
      "subscription.created",
    ] as const
  ).map((type) => ({
    what: `a stream without ${type}`,
    statements: (of: Story) => [
      `DELETE FROM event WHERE organizationId = '${of.partnerId}' AND ${about(type, subjectOf(type, of))}`,
    ],
    finds: (of: Story) => [
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
    statements: ({ buyerId }: Story) => [
      `UPDATE event SET ${changes} WHERE organizationId = '${buyerId}' AND position = 1`,
    ],
    finds: ({ buyerId }: Story) => [new RegExp(`event ${buyerId} 1: ${problem}`)],
  })),
];

function subjectOf(type: string, { accepted, removed, active }: Story): string {
  if (type === "invitation.accepted") return accepted.id;
  return type === "subscription.created" ? active : removed.id;
}

const records: Damage[] = [
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
    statements: ({ endpointId }: Story) => [set("webhook_endpoint", endpointId, changes)],
    finds: ({ endpointId }: Story) => [new RegExp(`webhook_endpoint ${endpointId}: ${problem}`)],
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

const by = (checks: string[], damages: Damage[]) => damages.map((damage) => ({ ...damage, checks }));

describe("verify", () => {
  it("finds nothing in the demo and a scenario in which everything happened, and has looked at all of it", async () => {
    expect(await house.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
    for (const { table, column } of references)
      expect({ table, column, rows: await house.count(table, `${column} IS NOT NULL`) }).not.toMatchObject({
        rows: 0,
      });
  });

  it("finds nothing while invitations are being accepted", async () => {
    const inviter = await aPartner(house);
    const accept = async () => {
      const { token } = await anInvitation(house, inviter);
      await acceptInvitation(house.as((await aCustomer(house)).actor), { token });
    };
    let isOver = false;
    const accepting = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let times = 0; times < 8; times++) await accept();
      }),
    ).finally(() => (isOver = true));
    let times = 0;
    do {
      expect(await house.database.snapshot((reads) => findingsIn(reads))).toEqual([]);
      times++;
      // Reads of SQLite never wait for anything, and would let nobody else go on.
      await pause(1);
    } while (!isOver);
    await accepting;
    expect(times).toBeGreaterThan(1);
  });

  it.each([
    ...by(["invitations", "relationships", "subscriptions", "kept counts"], invitations),
    ...by(["relationships"], relationships),
    ...by(["subscriptions"], subscriptions),
    ...by(["invitations", "relationships", "subscriptions", "event streams"], streams),
    ...by(["kept counts", "activity logs", "webhooks", "idempotency records"], records),
  ])("finds $what", async ({ statements, finds, checks }) => {
    const found = await findingsAfter(statements(story), checks);
    for (const one of finds(story)) expect(found).toContainEqual(expect.stringMatching(one));
  });

  it("finds every column that names nothing", async () => {
    const others = references.filter(({ key, column }) => !key.includes(column) && column !== "id");
    const statements = others.map(
      ({ table, column }) => `UPDATE ${table} SET ${column} = 'nobody' WHERE ${column} IS NOT NULL`,
    );
    // One of each table: a unique index allows no more.
    const first = ({ table, key: [key] }: (typeof references)[number]) =>
      ` AND ${key} = (SELECT one.${key} FROM (SELECT MIN(${key}) AS ${key} FROM ${table} WHERE `;
    const found = await findingsAfter(
      statements.map((statement, at) => {
        const reference = others[at];
        return `${statement}${reference ? `${first(reference)}${reference.column} IS NOT NULL) one)` : ""}`;
      }),
      ["references"],
    );
    for (const { table, column } of others)
      expect(found).toContainEqual(
        expect.stringMatching(new RegExp(`^${table} \\w+: its ${column} is nobody, which`)),
      );
  });

  it("finds organizations without a head, heads without an organization, and what such a head numbered", async () => {
    const found = await findingsAfter(
      [
        `DELETE FROM organization_head WHERE organizationId IN ('${story.partnerId}', '${story.buyerId}')`,
        `DELETE FROM partner WHERE id = '${story.providerId}'`,
      ],
      ["references", "event streams"],
    );
    for (const [place, column, organizationId] of [
      [`partner ${story.partnerId}`, "id", story.partnerId],
      [`customer ${story.buyerId}`, "id", story.buyerId],
      [`organization_head ${story.providerId}`, "organizationId", story.providerId],
      [`event ${story.buyerId} 1`, "organizationId", story.buyerId],
      [`activity_record ${story.buyerId} 1`, "organizationId", story.buyerId],
    ])
      expect(found).toContainEqual(
        expect.stringContaining(`${place}: its ${column} is ${organizationId}, which`),
      );
    expect(found).toContainEqual(
      expect.stringContaining(`event ${story.buyerId}: it has events, and no head`),
    );
  });
});
