import { User, UserStatus } from "../../entities/identity/user";
import type { Actor } from "../../src/access/actor";
import { defaultMatrix } from "../../src/access/permission-matrix";
import type { Permission } from "../../src/access/permissions";
import { newId } from "../../src/values/ids";
import type { TokenSubject } from "../../src/identity";
import {
  customerKeys,
  type CustomerKey,
  customerRoles,
  type OrganizationKey,
  partnerPlan,
  type PartnerKey,
  partnerRoles,
} from "./fixture-plan";
import type { FixtureWorld } from "./fixture-world";

/** Somebody of the fixture world with a user here, and what it may do by the table in src/access. */
export interface Person {
  name: string;
  role: string;
  organization: OrganizationKey;
  actor: Actor;
  subject: TokenSubject;
  permissions: ReadonlySet<Permission>;
}

/** Makes a person of every role in every organization. */
export async function peopleOf(world: FixtureWorld): Promise<Person[]> {
  const people: Person[] = [];
  for (const key of Object.keys(partnerPlan) as PartnerKey[])
    for (const role of Object.keys(partnerRoles)) people.push(await aPerson(world, key, role, true));
  for (const key of customerKeys)
    for (const role of Object.keys(customerRoles)) people.push(await aPerson(world, key, role, false));
  return people;
}

async function aPerson(
  world: FixtureWorld,
  key: OrganizationKey,
  role: string,
  ofPartner: boolean,
): Promise<Person> {
  const { testContext, canaries } = world;
  const organization = ofPartner ? world.partners[key as PartnerKey] : world.customers[key as CustomerKey];
  const { agent: agentRoles = [], admin: adminRoles = [] } =
    (ofPartner ? partnerRoles : customerRoles)[role] ?? {};
  const canary = canaries.make(key, "user name");
  const { tenantId } = organization;
  const person = {
    subject: `${canary}-subject`,
    email: `${canary}@${organization.domain}`,
    displayName: `${canary} ${role}`,
  };
  const row = { id: newId(User), organizationId: organization.id, ...person, agentRoles, adminRoles };
  const now = testContext.services.now();
  const rest = { status: UserStatus.ACTIVE, createdAt: now, updatedAt: now, version: 1 };
  await testContext.system.transaction((tx) => tx.insert(User, { ...row, ...rest }));
  const common = { tenantId, ...person, userId: row.id, adminRoles };
  const isGlobalAdmin = adminRoles.length > 0;
  const about = {
    name: `${key} ${role}`,
    role,
    organization: key,
    subject: { tenantId, ...person, isGlobalAdmin },
  };
  if (!ofPartner) {
    const permissions = defaultMatrix.permissionsOf({ side: "CUSTOMER", roles: adminRoles });
    const actor: Actor = { kind: "CUSTOMER_USER", ...common, customerId: organization.id, permissions };
    return { ...about, actor, permissions };
  }
  const programmeRole = partnerPlan[key as PartnerKey];
  const roles = [...agentRoles, ...adminRoles];
  const permissions = defaultMatrix.permissionsOf({ side: "PARTNER", programmeRole, roles });
  const actor: Actor = {
    kind: "PARTNER_USER",
    ...common,
    partnerId: organization.id,
    programmeRole,
    agentRoles,
    permissions,
  };
  return { ...about, actor, permissions };
}

/** One person by organization and role. */
export function personOf(world: FixtureWorld, organization: OrganizationKey, role = "global-admin"): Person {
  const found = world.people.find((person) => person.organization === organization && person.role === role);
  if (!found) throw new Error(`nobody is ${role} of ${organization}`);
  return found;
}
