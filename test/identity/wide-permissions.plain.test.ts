import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { defaultMatrix, PermissionMatrix, readMatrix } from "../../src/access/permission-matrix";
import { allPermissions, type Permission, type Role } from "../../src/access/permissions";

const text = readFileSync(join(__dirname, "../../examples/permissions/wide.json"), "utf8");

/** The matrix of the file, which is good as it is shipped. */
function wide(): PermissionMatrix {
  const read = readMatrix(text);
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.matrix;
}

const COLUMNS: [name: string, role: Role | undefined][] = [
  ["GA", AdminRole.GLOBAL_ADMIN],
  ["AA", AgentRole.ADMIN_AGENT],
  ["SA", AgentRole.SALES_AGENT],
  ["HA", AgentRole.HELPDESK_AGENT],
  ["BA", AdminRole.BILLING_ADMIN],
  ["UA", AdminRole.USER_MANAGEMENT_ADMIN],
  ["no", undefined],
];

/** What each role of a partner that buys directly may do under the file; written down once more than in it. */
const TABLE: Partial<Record<Permission, string>> = {
  /*                              GA AA SA HA BA UA no */
  "viewer.read": /*            */ "y  y  y  y  y  y  y",
  "node.read": /*              */ "y  y  y  y  y  y  y",
  "customer.read": /*          */ "y  y  y  y  -  -  -",
  "customer.create": /*        */ "y  y  y  -  -  y  -",
  "customer.update": /*        */ "y  y  y  -  -  -  -",
  "invitation.create": /*      */ "y  y  y  -  -  -  -",
  "invitation.read": /*        */ "y  y  y  -  -  -  -",
  "invitation.edit": /*        */ "y  y  y  -  -  -  -",
  "invitation.revoke": /*      */ "y  y  y  -  -  -  -",
  "relationship.read": /*      */ "y  y  y  y  -  -  -",
  "relationship.remove": /*    */ "y  y  -  -  -  -  -",
  "offer.read": /*             */ "y  y  y  y  y  y  -",
  "subscription.read": /*      */ "y  y  y  y  y  -  -",
  "subscription.create": /*    */ "y  y  y  -  -  -  -",
  "subscription.change": /*    */ "y  y  y  y  -  -  -",
  "subscription.cancel": /*    */ "y  y  y  y  -  -  -",
  "subscription.suspend": /*   */ "y  y  y  y  -  -  -",
  "subscription.reactivate": /**/ "y  y  y  y  -  -  -",
  "event.read": /*             */ "y  y  y  y  y  -  -",
  "user.read": /*              */ "y  -  -  -  -  y  -",
  "user.create": /*            */ "y  -  -  -  -  y  -",
  "user.update": /*            */ "y  -  -  -  -  y  -",
  "user.assign-agent-roles": /**/ "y  -  -  -  -  y  -",
  "user.bind-subject": /*      */ "y  -  -  -  -  -  -",
  "user.deactivate": /*        */ "y  -  -  -  -  y  -",
  "user.reactivate": /*        */ "y  -  -  -  -  y  -",
  "api-key.read": /*           */ "y  -  -  -  -  -  -",
  "api-key.create": /*         */ "y  -  -  -  -  -  -",
  "api-key.rotate": /*         */ "y  -  -  -  -  -  -",
  "api-key.revoke": /*         */ "y  -  -  -  -  -  -",
  "activity.read": /*          */ "y  y  -  -  -  -  -",
  "webhook.read": /*           */ "y  y  y  y  y  -  -",
  "webhook.create": /*         */ "y  y  y  y  y  -  -",
  "webhook.update": /*         */ "y  y  y  y  y  -  -",
  "webhook.delete": /*         */ "y  y  y  y  y  -  -",
  "webhook.test": /*           */ "y  y  y  y  y  -  -",
  "webhook.replay": /*         */ "y  y  y  y  y  -  -",
};

/** What the roles of a partner may do, as the table writes it. */
function rowOf(matrix: PermissionMatrix, permission: Permission): string {
  const cells = COLUMNS.map(([, role]) => {
    const roles = role ? [role] : [];
    const programmeRole = ProgrammeRole.DIRECT_BILL;
    return matrix.permissionsOf({ side: "PARTNER", programmeRole, roles }).has(permission) ? "y" : "-";
  });
  return cells.join("  ");
}

describe("the wide table of permissions that is shipped", () => {
  it.each(Object.entries(TABLE) as [Permission, string][])("%s: %s", (permission, row) =>
    expect(rowOf(wide(), permission)).toBe(row),
  );

  it("leaves what only customers have to the default, and every permission of a partner is in the test's table", () => {
    for (const permission of allPermissions) {
      const { partner, customer, programmes } = defaultMatrix.ruleOf(permission);
      expect([permission, permission in TABLE]).toEqual([permission, partner !== undefined]);
      expect(wide().ruleOf(permission)).toMatchObject({
        ...(customer && { customer }),
        ...(programmes && { programmes }),
      });
    }
  });

  it("says nothing that is so by default, and takes nothing from anybody", () => {
    for (const [name, { partner }] of Object.entries(
      JSON.parse(text) as Record<Permission, { partner: Role[] }>,
    )) {
      const before = defaultMatrix.ruleOf(name as Permission).partner;
      expect([name, partner]).toEqual([name, expect.arrayContaining(before as Role[])]);
      expect(partner.length).toBeGreaterThan((before as Role[]).length);
    }
  });

  it("lets those who may register webhooks read events, without which they could not", () => {
    const grants = wide();
    const readers = new Set(grants.ruleOf("event.read").partner as Role[]);
    for (const role of grants.ruleOf("webhook.create").partner as Role[])
      expect(readers.has(role)).toBe(true);
  });
});
