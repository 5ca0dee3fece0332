import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { allRoles, defaultMatrix, PermissionMatrix, readMatrix } from "../../src/access/permission-matrix";
import { allPermissions } from "../../src/access/permissions";

const { GLOBAL_ADMIN, USER_MANAGEMENT_ADMIN } = AdminRole;
const { ADMIN_AGENT, SALES_AGENT } = AgentRole;

/** The matrix of an operator's file, which must be a good one. */
function matrixOf(table: object): PermissionMatrix {
  const read = readMatrix(JSON.stringify(table));
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.matrix;
}

/** What is wrong with an operator's file. */
function problemsOf(text: string): string[] {
  const read = readMatrix(text);
  return "problems" in read ? read.problems : [];
}

const sales = { side: "PARTNER", programmeRole: ProgrammeRole.DIRECT_BILL, roles: [SALES_AGENT] } as const;

describe("an operator's table of permissions", () => {
  it("gives a permission to other roles, and leaves every other one as it is", () => {
    const matrix = matrixOf({ "customer.read": { partner: [GLOBAL_ADMIN, ADMIN_AGENT, SALES_AGENT] } });
    expect(defaultMatrix.permissionsOf(sales).has("customer.read")).toBe(false);
    expect(matrix.permissionsOf(sales).has("customer.read")).toBe(true);
    const others = [...matrix.permissionsOf(sales)].filter((permission) => permission !== "customer.read");
    expect(others).toEqual([...defaultMatrix.permissionsOf(sales)]);
  });

  it("takes a permission away, and leaves the side alone that it does not name", () => {
    const matrix = matrixOf({ "subscription.read": { partner: [GLOBAL_ADMIN] } });
    expect(matrix.permissionsOf(sales).has("subscription.read")).toBe(false);
    const customer = { side: "CUSTOMER", roles: [GLOBAL_ADMIN] } as const;
    expect(matrix.permissionsOf(customer).has("subscription.read")).toBe(true);
  });

  it("may open to anyone what anyone has, and narrow it", () => {
    expect(problemsOf('{"node.read":{"partner":"ANYONE"}}')).toEqual([]);
    const narrowed = matrixOf({ "node.read": { partner: [ADMIN_AGENT] } });
    expect(narrowed.permissionsOf(sales).has("node.read")).toBe(false);
  });

  it("cannot lift what a partner's programme role forbids", () => {
    const matrix = matrixOf({ "subscription.create": { partner: allRoles } });
    for (const programmeRole of [ProgrammeRole.INDIRECT_RESELLER, ProgrammeRole.ADVISOR]) {
      const all = matrix.permissionsOf({ side: "PARTNER", programmeRole, roles: allRoles });
      expect(all.has("subscription.create")).toBe(false);
      expect(all.has("customer.create")).toBe(false);
    }
  });

  it.each([
    ["no JSON", "{", /^is no JSON: /],
    ["a list", "[]", /^must be an object with a permission's name as each key$/],
    [
      "an unknown permission",
      '{"customer.raed":{}}',
      /^customer\.raed: is no permission; there are viewer\.read, /,
    ],
    ["a name that every object has", '{"toString":{}}', /^toString: is no permission/],
    [
      "a grant that is no object",
      '{"customer.read":["GLOBAL_ADMIN"]}',
      /^customer\.read: must be an object with partner/,
    ],
    [
      "programme roles",
      '{"customer.create":{"programmes":[]}}',
      /^customer\.create\.programmes: is not the operator's to set/,
    ],
    [
      "prospects",
      '{"customer.read":{"prospect":true}}',
      /^customer\.read\.prospect: is not the operator's to set/,
    ],
    [
      "keys",
      '{"user.create":{"peopleOnly":false}}',
      /^user\.create\.peopleOnly: is not the operator's to set/,
    ],
    [
      "a side that has no such thing",
      '{"customer.create":{"customer":["GLOBAL_ADMIN"]}}',
      /^customer\.create\.customer: no customer can/,
    ],
    [
      "a role that is no list",
      '{"customer.read":{"partner":"GLOBAL_ADMIN"}}',
      /^customer\.read\.partner: must be a list of roles$/,
    ],
    [
      "an unknown role",
      '{"customer.read":{"partner":["ADMIN"]}}',
      /^customer\.read\.partner: "ADMIN" is no role; there are ADMIN_AGENT, /,
    ],
    [
      "anyone, for what takes a role",
      '{"customer.read":{"partner":"ANYONE"}}',
      /^customer\.read\.partner: must name the roles$/,
    ],
    [
      "nobody who could mend roles",
      `{"user.update":{"partner":["${USER_MANAGEMENT_ADMIN}"]}}`,
      /^user\.update: must keep GLOBAL_ADMIN, or nobody could mend roles any more$/,
    ],
  ])("is refused when it has %s", (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(problem)]);
  });

  it("is told of all its mistakes at once", () => {
    expect(problemsOf('{"a.b":{},"customer.read":{"partner":["X","Y"]}}')).toHaveLength(3);
  });
});

describe("what an API key can be given", () => {
  const direct = { side: "PARTNER", programmeRole: ProgrammeRole.DIRECT_BILL } as const;

  it("is what the organization's people can have, but for what only a person may do", () => {
    const most = defaultMatrix.mostOfKeys(direct);
    for (const permission of ["customer.read", "event.read", "subscription.create", "user.read"] as const) {
      expect(most.has(permission)).toBe(true);
    }
    const never = allPermissions.filter((name) => /^(user|api-key)\./.test(name) && !name.endsWith(".read"));
    expect(never).toHaveLength(9);
    for (const permission of never) expect(most.has(permission)).toBe(false);
  });

  it("never has to do with answering an invitation", () => {
    const most = defaultMatrix.mostOfKeys({ side: "CUSTOMER" });
    expect([...most].filter((name) => name.startsWith("invitation."))).toEqual(["invitation.read"]);
  });

  it("stays within the partner's programme role", () => {
    const most = defaultMatrix.mostOfKeys({
      side: "PARTNER",
      programmeRole: ProgrammeRole.INDIRECT_RESELLER,
    });
    expect(most.has("subscription.create")).toBe(false);
    expect(most.has("customer.read")).toBe(true);
  });
});

describe("those who have the same roles", () => {
  it("share one set, so that a thousand listeners hold it once", () => {
    const matrix = new PermissionMatrix();
    expect(matrix.permissionsOf({ ...sales })).toBe(matrix.permissionsOf({ ...sales }));
  });
});
