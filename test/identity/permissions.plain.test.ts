import { AdminRole, AgentRole } from "../../entities/identity/user";
import { Cloud, ProgrammeRole } from "../../entities/partners/partner";
import type { Actor } from "../../src/access/actor";
import { asPartner, ensureMayUse, mayUse, permissionsOf } from "../../src/access/allow";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { allPermissions, type Permission } from "../../src/access/permissions";

const { DIRECT_BILL, INDIRECT_PROVIDER, INDIRECT_RESELLER, ADVISOR } = ProgrammeRole;
const { ADMIN_AGENT, SALES_AGENT, HELPDESK_AGENT } = AgentRole;
const { GLOBAL_ADMIN, BILLING_ADMIN, USER_MANAGEMENT_ADMIN } = AdminRole;

const person = { tenantId: "t", subject: "s", email: "a@b.example", displayName: "P" };

function partnerUser(programmeRole: ProgrammeRole, ...roles: (AgentRole | AdminRole)[]): Actor {
  const agentRoles = Object.values(AgentRole).filter((role) => (roles as string[]).includes(role));
  const adminRoles = Object.values(AdminRole).filter((role) => (roles as string[]).includes(role));
  return {
    kind: "PARTNER_USER",
    ...person,
    permissions: defaultMatrix.permissionsOf({ side: "PARTNER", programmeRole, roles }),
    userId: "u",
    partnerId: "p",
    programmeRole,
    agentRoles,
    adminRoles,
  };
}

const customerUser = (...adminRoles: AdminRole[]): Actor => ({
  kind: "CUSTOMER_USER",
  ...person,
  permissions: defaultMatrix.permissionsOf({ side: "CUSTOMER", roles: adminRoles }),
  userId: "u",
  customerId: "c",
  adminRoles,
});

const prospect: Actor = {
  kind: "PROSPECT",
  ...person,
  permissions: defaultMatrix.permissionsOf({ side: "PROSPECT" }),
  cloud: Cloud.PUBLIC,
};

/**
 * Who may do what, as the issue and the mission say it. A column is a kind of caller:
 * the roles of a partner's user — GA Global admin, AA admin agent, SA sales agent, HA helpdesk agent, BA billing admin,
 * UA user management admin, no no role —, then CG a customer's Global admin, CU another user of it, PR a prospect.
 * A letter says for which programmes: y every one, d those that buy directly (direct bill and indirect provider).
 */
const COLUMNS = "GA AA SA HA BA UA no CG CU PR".split(" ");
const MATRIX: Record<Permission, string> = {
  /*                            GA AA SA HA BA UA no CG CU PR */
  "viewer.read": /*          */ "y  y  y  y  y  y  y  y  y  y",
  "node.read": /*            */ "y  y  y  y  y  y  y  y  y  -",
  "customer.read": /*        */ "y  y  -  -  -  -  -  y  -  -",
  "customer.create": /*      */ "d  d  -  -  -  -  -  -  -  -",
  "customer.update": /*      */ "y  y  -  -  -  -  -  -  -  -",
  "invitation.create": /*    */ "y  y  -  -  -  -  -  -  -  -",
  "invitation.read": /*      */ "y  y  -  -  -  -  -  y  -  -",
  "invitation.edit": /*      */ "y  y  -  -  -  -  -  -  -  -",
  "invitation.revoke": /*    */ "y  y  -  -  -  -  -  -  -  -",
  "invitation.open": /*      */ "-  -  -  -  -  -  -  y  -  y",
  "invitation.accept": /*    */ "-  -  -  -  -  -  -  y  -  y",
  "invitation.decline": /*   */ "-  -  -  -  -  -  -  y  -  y",
  "relationship.read": /*    */ "y  y  -  -  -  -  -  y  -  -",
  "relationship.remove": /*  */ "y  y  -  -  -  -  -  -  -  -",
  "offer.read": /*           */ "y  y  y  y  y  -  -  -  -  -",
  "subscription.read": /*    */ "y  y  y  y  -  -  -  y  -  -",
  "subscription.create": /*  */ "d  d  d  -  -  -  -  -  -  -",
  "subscription.change": /*  */ "d  d  d  -  -  -  -  -  -  -",
  "subscription.cancel": /*  */ "d  d  d  -  -  -  -  -  -  -",
  "subscription.suspend": /* */ "y  y  y  y  -  -  -  -  -  -",
  "subscription.reactivate": /**/ "y  y  y  y  -  -  -  -  -  -",
  "event.read": /*           */ "y  y  -  -  -  -  -  y  -  -",
  "user.read": /*            */ "y  -  -  -  -  y  -  y  y  -",
  "user.create": /*          */ "y  -  -  -  -  y  -  y  y  -",
  "user.update": /*          */ "y  -  -  -  -  y  -  y  y  -",
  "user.assign-agent-roles": /**/ "y  -  -  -  -  y  -  -  -  -",
  "user.bind-subject": /*    */ "y  -  -  -  -  -  -  y  -  -",
  "user.deactivate": /*      */ "y  -  -  -  -  y  -  y  y  -",
  "user.reactivate": /*      */ "y  -  -  -  -  y  -  y  y  -",
  "api-key.read": /*         */ "y  -  -  -  -  -  -  y  -  -",
  "api-key.create": /*       */ "y  -  -  -  -  -  -  y  -  -",
  "api-key.rotate": /*       */ "y  -  -  -  -  -  -  y  -  -",
  "api-key.revoke": /*       */ "y  -  -  -  -  -  -  y  -  -",
  "activity.read": /*        */ "y  y  -  -  -  -  -  y  -  -",
  "webhook.read": /*         */ "y  y  y  y  y  -  -  y  -  -",
  "webhook.create": /*       */ "y  y  -  -  -  -  -  y  -  -",
  "webhook.update": /*       */ "y  y  -  -  -  -  -  y  -  -",
  "webhook.delete": /*       */ "y  y  -  -  -  -  -  y  -  -",
  "webhook.test": /*         */ "y  y  -  -  -  -  -  y  -  -",
  "webhook.replay": /*       */ "y  y  -  -  -  -  -  y  -  -",
};

const ROLES: Record<string, (AgentRole | AdminRole)[]> = {
  GA: [GLOBAL_ADMIN],
  AA: [ADMIN_AGENT],
  SA: [SALES_AGENT],
  HA: [HELPDESK_AGENT],
  BA: [BILLING_ADMIN],
  UA: [USER_MANAGEMENT_ADMIN],
  no: [],
};
const OTHERS: Record<string, Actor> = {
  CG: customerUser(GLOBAL_ADMIN),
  CU: customerUser(BILLING_ADMIN, USER_MANAGEMENT_ADMIN),
  PR: prospect,
};

describe("who may do what", () => {
  it("is written down for every permission there is", () => {
    expect(Object.keys(MATRIX)).toEqual(allPermissions);
  });

  it.each(Object.entries(MATRIX) as [Permission, string][])("%s: %s", (permission, row) => {
    const cells = row.split(/ +/);
    expect(cells).toHaveLength(COLUMNS.length);
    const found = COLUMNS.map((column) => {
      if (column in OTHERS) return mayUse(OTHERS[column], permission) ? "y" : "-";
      const programmes = Object.values(ProgrammeRole).filter((programme) =>
        mayUse(partnerUser(programme, ...ROLES[column]), permission),
      );
      const letters: Record<string, string> = {
        [[DIRECT_BILL, INDIRECT_PROVIDER, INDIRECT_RESELLER, ADVISOR].join()]: "y",
        [[DIRECT_BILL, INDIRECT_PROVIDER].join()]: "d",
        "": "-",
      };
      return letters[programmes.join()];
    });
    expect(found).toEqual(cells);
  });

  it("is everything for the program itself", () => {
    expect(permissionsOf({ kind: "SYSTEM" })).toEqual(allPermissions);
  });

  it("is the sum of one's roles", () => {
    const both = partnerUser(DIRECT_BILL, SALES_AGENT, BILLING_ADMIN);
    const sales = partnerUser(DIRECT_BILL, SALES_AGENT);
    expect(permissionsOf(both)).toEqual(permissionsOf(sales));
    const either = new Set([
      ...permissionsOf(sales),
      ...permissionsOf(partnerUser(DIRECT_BILL, USER_MANAGEMENT_ADMIN)),
    ]);
    const sum = partnerUser(DIRECT_BILL, SALES_AGENT, USER_MANAGEMENT_ADMIN);
    expect(permissionsOf(sum)).toEqual(allPermissions.filter((permission) => either.has(permission)));
    const more = partnerUser(DIRECT_BILL, SALES_AGENT, ADMIN_AGENT);
    expect(permissionsOf(more)).toEqual(permissionsOf(partnerUser(DIRECT_BILL, ADMIN_AGENT)));
  });
});

describe("who may not", () => {
  const refusal = (actor: Actor, permission: Permission) => {
    try {
      ensureMayUse(actor, permission, defaultMatrix);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it.each<[string, Actor, Permission, string[]]>([
    ["a sales agent", partnerUser(DIRECT_BILL, SALES_AGENT), "customer.read", [GLOBAL_ADMIN, ADMIN_AGENT]],
    [
      "a helpdesk agent",
      partnerUser(DIRECT_BILL, HELPDESK_AGENT),
      "subscription.create",
      [GLOBAL_ADMIN, ADMIN_AGENT, SALES_AGENT],
    ],
    [
      "a billing admin",
      partnerUser(DIRECT_BILL, BILLING_ADMIN),
      "subscription.suspend",
      [GLOBAL_ADMIN, ADMIN_AGENT, SALES_AGENT, HELPDESK_AGENT],
    ],
    ["a customer's other user", customerUser(BILLING_ADMIN), "customer.read", [GLOBAL_ADMIN]],
    ["a customer", customerUser(GLOBAL_ADMIN), "customer.create", [GLOBAL_ADMIN, ADMIN_AGENT]],
    ["a partner", partnerUser(DIRECT_BILL, GLOBAL_ADMIN), "invitation.accept", [GLOBAL_ADMIN]],
    [
      "a reseller",
      partnerUser(INDIRECT_RESELLER, GLOBAL_ADMIN),
      "customer.create",
      [DIRECT_BILL, INDIRECT_PROVIDER],
    ],
    [
      "a reseller",
      partnerUser(INDIRECT_RESELLER, ADMIN_AGENT),
      "subscription.create",
      [DIRECT_BILL, INDIRECT_PROVIDER],
    ],
  ])("%s is told which roles would do", (_who, actor, permission, roles) => {
    const error = refusal(actor, permission);
    expect(error).toMatchObject({ code: "FORBIDDEN", kind: "FORBIDDEN", details: { permission, roles } });
    for (const role of roles) expect((error as Error).message).toContain(role);
  });

  it("passes who may", () => {
    expect(refusal(partnerUser(INDIRECT_RESELLER, ADMIN_AGENT), "invitation.create")).toBeUndefined();
    expect(refusal(prospect, "invitation.accept")).toBeUndefined();
  });

  it("is every caller but a partner's user, where a use case is for partners", () => {
    const partner = partnerUser(ADVISOR);
    expect(asPartner(partner)).toBe(partner);
    for (const actor of [customerUser(GLOBAL_ADMIN), prospect, { kind: "SYSTEM" } satisfies Actor]) {
      expect(() => asPartner(actor)).toThrow(expect.objectContaining({ code: "FORBIDDEN" }));
    }
  });
});
