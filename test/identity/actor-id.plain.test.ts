import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import { type Actor, actorId, callerKey } from "../../src/access/actor";

const person = { tenantId: "tenant", subject: "secret-subject", email: "a@b.example", displayName: "A" };
const permissions = new Set<never>();
const key = { apiKeyId: "key_1", tenantId: "tenant", displayName: "CRM", permissions };
const programmeRole = ProgrammeRole.DIRECT_BILL;

const ACTORS: [Actor, id: string][] = [
  [
    {
      ...{ kind: "PARTNER_USER", ...person, permissions, userId: "user_1", partnerId: "part_1" },
      ...{ programmeRole, agentRoles: [], adminRoles: [] },
    },
    "user_1",
  ],
  [
    { kind: "CUSTOMER_USER", ...person, permissions, userId: "user_2", customerId: "cust_1", adminRoles: [] },
    "user_2",
  ],
  [{ kind: "PARTNER_KEY", ...key, partnerId: "part_1", programmeRole }, "key_1"],
  [{ kind: "CUSTOMER_KEY", ...key, customerId: "cust_1" }, "key_1"],
  [{ kind: "PROSPECT", ...person, permissions, cloud: Cloud.PUBLIC }, "tenant"],
  [{ kind: "SYSTEM" }, "system"],
];

it.each(ACTORS)("names an actor to everybody without the identity provider's subject: %j", (actor, id) => {
  expect(actorId(actor)).toBe(id);
});

it("tells two people of one unknown organization apart, for limits and idempotency keys", () => {
  const prospect: Actor = { kind: "PROSPECT", ...person, permissions, cloud: Cloud.PUBLIC };
  expect(callerKey(prospect)).not.toBe(callerKey({ ...prospect, subject: "another" }));
});
