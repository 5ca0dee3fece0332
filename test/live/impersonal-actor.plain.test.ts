import { AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import type { PartnerKeyActor, PartnerUserActor } from "../../src/access/actor";
import { withoutUselessGrants } from "../../src/access/grant";
import { impersonal, rightsOf } from "../../src/access/impersonal-actor";
import type { Permission } from "../../src/access/permissions";

const agent: PartnerUserActor = {
  kind: "PARTNER_USER",
  userId: "user_1",
  subject: "subject-1",
  email: "one@a.example",
  displayName: "One",
  tenantId: "tenant",
  partnerId: "part_1",
  programmeRole: ProgrammeRole.DIRECT_BILL,
  agentRoles: [AgentRole.ADMIN_AGENT],
  adminRoles: [],
  permissions: new Set<Permission>(["event.read", "customer.read"]),
};
const colleague = {
  ...agent,
  userId: "user_2",
  subject: "subject-2",
  email: "two@a.example",
  displayName: "Two",
};

describe("an actor that stands for all with the same rights", () => {
  it("has everything that decides rights and refuses to say who it is", () => {
    const anyOne = impersonal(agent) as PartnerUserActor;
    expect(anyOne).toMatchObject({
      kind: "PARTNER_USER",
      partnerId: "part_1",
      permissions: agent.permissions,
    });
    for (const name of ["userId", "subject", "email", "displayName"] as const)
      expect(() => anyOne[name]).toThrow(name);
    const key: PartnerKeyActor = { ...agent, kind: "PARTNER_KEY", apiKeyId: "key_1", displayName: "Key" };
    expect(() => (impersonal(key) as PartnerKeyActor).apiKeyId).toThrow("apiKeyId");
  });

  it("is the same for colleagues, in whatever order their permissions came", () => {
    const reordered = { ...colleague, permissions: new Set<Permission>(["customer.read", "event.read"]) };
    expect(rightsOf(reordered)).toBe(rightsOf(agent));
  });

  it("is alike for users with grants on single customers where their roles give all that is asked for, else each one", () => {
    const [one, other] = [agent, colleague].map((user) => ({ ...user, grantHolderId: user.userId }));
    const rights = (needed: Permission[]) =>
      [one, other].map((user) => rightsOf(withoutUselessGrants(user, needed)));
    expect(new Set([...rights(["event.read"]), rightsOf(agent)]).size).toBe(1);
    expect(new Set(rights(["event.read", "subscription.read"])).size).toBe(2);
  });

  it("is another one when a fact differs that an execution can see", () => {
    const others: PartnerUserActor[] = [
      { ...colleague, partnerId: "part_2" },
      { ...colleague, tenantId: "other" },
      { ...colleague, programmeRole: ProgrammeRole.INDIRECT_RESELLER },
      { ...colleague, agentRoles: [AgentRole.SALES_AGENT] },
      { ...colleague, permissions: new Set<Permission>(["event.read"]) },
    ];
    const all = [rightsOf(agent), ...others.map((other) => rightsOf(other))];
    expect(new Set(all).size).toBe(all.length);
    const visible = Object.keys(impersonal(agent));
    for (const name of visible) {
      const changed = { ...agent, [name]: "changed" };
      expect(rightsOf(changed)).not.toBe(rightsOf(agent));
    }
  });
});
