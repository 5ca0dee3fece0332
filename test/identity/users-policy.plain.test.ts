import { AdminRole, AgentRole, UserStatus } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";
import { begin, deactivate, reactivate } from "../../src/identity/user.lifecycle";
import {
  agentRolesRefusal,
  type Employer,
  type UserChange,
  userChangeRefusal,
  type UserState,
} from "../../src/identity/user.policy";

const { ADMIN_AGENT, SALES_AGENT, HELPDESK_AGENT } = AgentRole;
const { GLOBAL_ADMIN, USER_MANAGEMENT_ADMIN, BILLING_ADMIN } = AdminRole;
const { ACTIVE, INACTIVE, INVITED } = UserStatus;

const partner = (programmeRole: ProgrammeRole): Employer => ({ side: "PARTNER", programmeRole });
const customer: Employer = { side: "CUSTOMER" };
const all = Object.values(AgentRole);
const withoutSales = [ADMIN_AGENT, HELPDESK_AGENT];

describe("the agent roles that there are", () => {
  it.each([
    ["at a direct-bill partner: all", partner(ProgrammeRole.DIRECT_BILL), all, undefined],
    ["at an indirect provider: all", partner(ProgrammeRole.INDIRECT_PROVIDER), all, undefined],
    ["at an indirect reseller: no sales agent", partner(ProgrammeRole.INDIRECT_RESELLER), all, withoutSales],
    ["at an advisor: no sales agent", partner(ProgrammeRole.ADVISOR), [SALES_AGENT], withoutSales],
    ["at a reseller: the others", partner(ProgrammeRole.INDIRECT_RESELLER), withoutSales, undefined],
    ["at a customer: none", customer, [HELPDESK_AGENT], []],
    ["at a customer: no need of any", customer, [], undefined],
  ])("%s", (_what, employer, roles, allowed) => {
    const refusal = agentRolesRefusal(employer, roles);
    if (!allowed) expect(refusal).toBeUndefined();
    else
      expect(refusal).toMatchObject({ code: "ROLE_NOT_OFFERED", field: "agentRoles", details: { allowed } });
  });
});

const holding = (adminRoles: AdminRole[], agentRoles: AgentRole[] = [], status = ACTIVE): UserState => ({
  adminRoles,
  agentRoles,
  status,
});
const nobody = holding([]);
const agent = holding([], [ADMIN_AGENT]);
const userAdmin = holding([USER_MANAGEMENT_ADMIN]);
const globalAdmin = holding([GLOBAL_ADMIN]);
const inactive = (state: UserState) => ({ ...state, status: INACTIVE });
const invited = (state: UserState) => ({ ...state, status: INVITED });

type Row = [what: string, before: UserState | undefined, after: UserState, code: string | undefined];

function refusalOf(
  caller: { id: string; adminRoles: AdminRole[] },
  [, before, after]: Row,
  { otherGlobalAdmins = 1, id = "somebody" } = {},
) {
  const change: UserChange = {
    permission: "user.update",
    caller,
    before: before && { ...before, id },
    after,
    otherGlobalAdmins,
  };
  return userChangeRefusal(change);
}

describe("a user management admin", () => {
  const caller = { id: "caller", adminRoles: [USER_MANAGEMENT_ADMIN] };

  it.each<Row>([
    ["may add somebody without roles", undefined, nobody, undefined],
    ["may add an agent", undefined, agent, undefined],
    ["may add a user management admin", undefined, userAdmin, undefined],
    ["may not add a Global admin", undefined, globalAdmin, "FORBIDDEN"],
    ["may not invite a Global admin", undefined, invited(globalAdmin), "FORBIDDEN"],
    ["may give other roles", nobody, holding([BILLING_ADMIN], [SALES_AGENT]), undefined],
    ["may take other roles", holding([BILLING_ADMIN]), nobody, undefined],
    ["may not give the Global admin role", userAdmin, globalAdmin, "FORBIDDEN"],
    ["may not take the Global admin role", globalAdmin, nobody, "FORBIDDEN"],
    [
      "may not give a Global admin another role",
      globalAdmin,
      holding([GLOBAL_ADMIN, BILLING_ADMIN]),
      "FORBIDDEN",
    ],
    ["may not even rename a Global admin", globalAdmin, globalAdmin, "FORBIDDEN"],
    ["may not change one that is invited", invited(globalAdmin), invited(nobody), "FORBIDDEN"],
    ["may not deactivate a Global admin", globalAdmin, inactive(globalAdmin), "FORBIDDEN"],
    ["may not reactivate a Global admin", inactive(globalAdmin), globalAdmin, "FORBIDDEN"],
    ["may deactivate an agent", agent, inactive(agent), undefined],
    ["may reactivate an agent", inactive(agent), agent, undefined],
    ["may deactivate another user management admin", userAdmin, inactive(userAdmin), undefined],
  ])("%s", (...row) => {
    const refusal = refusalOf(caller, row);
    expect(refusal?.code).toBe(row[3]);
    if (refusal) expect(refusal.details).toEqual({ permission: "user.update", roles: [GLOBAL_ADMIN] });
  });

  it.each<Row>([
    ["may rename itself", userAdmin, userAdmin, undefined],
    [
      "may not make itself Global admin",
      userAdmin,
      holding([USER_MANAGEMENT_ADMIN, GLOBAL_ADMIN]),
      "FORBIDDEN",
    ],
    [
      "may not give itself an agent role",
      userAdmin,
      holding([USER_MANAGEMENT_ADMIN], [ADMIN_AGENT]),
      "FORBIDDEN",
    ],
    ["may not give its own role up", userAdmin, nobody, "FORBIDDEN"],
    ["may not deactivate itself", userAdmin, inactive(userAdmin), "USER_IS_YOURSELF"],
  ])("%s", (...row) => {
    expect(refusalOf(caller, row, { id: "caller" })?.code).toBe(row[3]);
  });
});

describe("a Global admin", () => {
  const caller = { id: "caller", adminRoles: [GLOBAL_ADMIN] };

  it.each<Row>([
    ["may add a Global admin", undefined, globalAdmin, undefined],
    ["may give the role", nobody, globalAdmin, undefined],
    ["may take the role from another", globalAdmin, nobody, undefined],
    ["may deactivate another one", globalAdmin, inactive(globalAdmin), undefined],
    ["may reactivate another one", inactive(globalAdmin), globalAdmin, undefined],
  ])("%s", (...row) => {
    expect(refusalOf(caller, row)?.code).toBe(row[3]);
  });

  it.each<Row>([
    ["may rename itself", globalAdmin, globalAdmin, undefined],
    [
      "may give itself other roles",
      globalAdmin,
      holding([GLOBAL_ADMIN, BILLING_ADMIN], [ADMIN_AGENT]),
      undefined,
    ],
    ["may give its other roles up", holding([GLOBAL_ADMIN, BILLING_ADMIN]), globalAdmin, undefined],
    ["may not take the role from itself", globalAdmin, nobody, "USER_IS_YOURSELF"],
    ["may not deactivate itself", globalAdmin, inactive(globalAdmin), "USER_IS_YOURSELF"],
  ])("%s", (...row) => {
    expect(refusalOf(caller, row, { id: "caller" })?.code).toBe(row[3]);
  });
});

describe("the last active Global admin", () => {
  const caller = { id: "caller", adminRoles: [GLOBAL_ADMIN] };
  const others = { otherGlobalAdmins: 0 };

  it.each<Row>([
    ["keeps the role", globalAdmin, nobody, "LAST_GLOBAL_ADMIN"],
    ["is not deactivated", globalAdmin, inactive(globalAdmin), "LAST_GLOBAL_ADMIN"],
    ["may have other roles", globalAdmin, holding([GLOBAL_ADMIN], [ADMIN_AGENT]), undefined],
    ["is none who only was invited", invited(globalAdmin), invited(nobody), undefined],
    ["is none who is inactive", inactive(globalAdmin), inactive(nobody), undefined],
    ["is none who never had the role", agent, inactive(agent), undefined],
  ])("%s", (...row) => {
    expect(refusalOf(caller, row, others)?.code).toBe(row[3]);
  });

  it("learns what to do first, also when it asks itself", () => {
    const row: Row = ["", globalAdmin, nobody, undefined];
    const refusal = refusalOf(caller, row, { ...others, id: "caller" });
    expect(refusal).toMatchObject({ code: "LAST_GLOBAL_ADMIN", field: "userId" });
    expect(refusal?.message).toContain("Make somebody else a Global admin first");
  });
});

describe("a user's state", () => {
  const known = { subject: "sub-1" };
  const unknown = { subject: null };

  it.each([
    ["begins active when it is known who will sign in", known, ACTIVE],
    ["begins invited when it is not", unknown, INVITED],
  ])("%s", (_what, user, status) => expect(begin(user)).toBe(status));

  it.each([
    ["active becomes inactive", ACTIVE, INACTIVE],
    ["invited becomes inactive", INVITED, INACTIVE],
    ["inactive is refused", INACTIVE, "USER_ALREADY_INACTIVE"],
  ])("deactivated: %s", (_what, status, outcome) => {
    expect(outcomeOf(() => deactivate({ status }))).toBe(outcome);
  });

  it.each([
    ["inactive becomes active", { ...known, status: INACTIVE }, ACTIVE],
    ["inactive who never signed in becomes invited", { ...unknown, status: INACTIVE }, INVITED],
    ["active is refused", { ...known, status: ACTIVE }, "USER_NOT_INACTIVE"],
    ["invited is refused", { ...unknown, status: INVITED }, "USER_NOT_INACTIVE"],
  ])("reactivated: %s", (_what, user, outcome) => {
    expect(outcomeOf(() => reactivate(user))).toBe(outcome);
  });

  function outcomeOf(work: () => string): string {
    try {
      return work();
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
});
