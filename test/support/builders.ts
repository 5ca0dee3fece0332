import { randomBytes, randomUUID } from "node:crypto";
import { BillingCycle, BillingType, type Offer } from "../../entities/catalog/offer";
import type { Customer } from "../../entities/customers/customer";
import { AdminRole, AgentRole } from "../../entities/identity/user";
import { Cloud, type Partner, ProgrammeRole } from "../../entities/partners/partner";
import type { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import type { Subscription } from "../../entities/subscriptions/subscription";
import type { CustomerUserActor, PartnerUserActor, ProspectActor } from "../../src/access/actor";
import { defaultMatrix } from "../../src/access/permission-matrix";
import { saveOffers } from "../../src/catalog";
import { createPartner, type NewPartner, registerCustomer } from "../../src/organizations";
import { insertUser } from "../../src/identity";
import { inviteCustomer, type InviteCustomer } from "../../src/invitations";
import { createPartnership } from "../../src/partners";
import { establishRelationship } from "../../src/relationships";
import { createSubscription } from "../../src/subscriptions";
import type { TestContext } from "./test-context";

const unique = () => randomBytes(5).toString("hex");

/** A partner with one user; every call makes a tenant of its own, so tests never meet. */
export interface PartnerWithUser {
  partner: Partner;
  actor: PartnerUserActor;
}

/** A customer organization with its Global admin. */
export interface CustomerWithAdmin {
  customer: Customer;
  actor: CustomerUserActor;
}

/** Makes a direct-bill partner in the US with an admin agent, unless told otherwise. */
export async function aPartner(
  testContext: TestContext,
  overrides: Partial<NewPartner> = {},
  roles: { agent?: AgentRole[]; admin?: AdminRole[] } = { agent: [AgentRole.ADMIN_AGENT] },
): Promise<PartnerWithUser> {
  const tag = unique();
  const partner = await testContext.system.transaction((tx) =>
    createPartner(tx, {
      name: `Partner ${tag}`,
      programmeRole: ProgrammeRole.DIRECT_BILL,
      country: "US",
      cloud: Cloud.PUBLIC,
      domain: `partner-${tag}.example`,
      tenantId: randomUUID(),
      ...overrides,
    }),
  );
  return { partner, actor: await aPartnerUser(testContext, partner, roles) };
}

/** Makes another user of a partner. */
export async function aPartnerUser(
  testContext: TestContext,
  partner: Partner,
  roles: { agent?: AgentRole[]; admin?: AdminRole[] },
): Promise<PartnerUserActor> {
  const person = { subject: unique(), email: `${unique()}@${partner.domain}`, displayName: "Test Agent" };
  const agentRoles = roles.agent ?? [];
  const adminRoles = roles.admin ?? [];
  const user = await testContext.system.transaction((tx) =>
    insertUser(tx, { ...person, organizationId: partner.id, agentRoles, adminRoles }),
  );
  const { id: partnerId, programmeRole, tenantId } = partner;
  const held = [...agentRoles, ...adminRoles];
  return {
    kind: "PARTNER_USER",
    ...person,
    permissions: defaultMatrix.permissionsOf({ side: "PARTNER", programmeRole, roles: held }),
    userId: user.id,
    partnerId,
    programmeRole,
    tenantId,
    agentRoles,
    adminRoles,
  };
}

/** Makes an indirect reseller and its indirect provider, in an active partnership. */
export async function aResellerWithProvider(
  testContext: TestContext,
): Promise<{ reseller: PartnerWithUser; provider: PartnerWithUser }> {
  const reseller = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_RESELLER });
  const provider = await aPartner(testContext, { programmeRole: ProgrammeRole.INDIRECT_PROVIDER });
  await testContext.system.transaction((tx) =>
    createPartnership(tx, provider.partner.id, reseller.partner.id),
  );
  return { reseller, provider };
}

/** Makes a customer organization in the US with its Global admin; nobody resells to it yet. */
export async function aCustomer(
  testContext: TestContext,
  overrides: { companyName?: string; country?: string; cloud?: Cloud } = {},
): Promise<CustomerWithAdmin> {
  const tag = unique();
  const tenantId = randomUUID();
  const domain = `customer-${tag}.example`;
  const place = { country: "US", cloud: Cloud.PUBLIC };
  const customer = await testContext.system.transaction((tx) =>
    registerCustomer(tx, { companyName: `Customer ${tag}`, ...place, domain, tenantId, ...overrides }),
  );
  const person = { subject: unique(), email: `admin@${domain}`, displayName: "Test Admin" };
  const adminRoles = [AdminRole.GLOBAL_ADMIN];
  const user = await testContext.system.transaction((tx) =>
    insertUser(tx, { ...person, organizationId: customer.id, agentRoles: [], adminRoles }),
  );
  return {
    customer,
    actor: {
      kind: "CUSTOMER_USER",
      ...person,
      permissions: defaultMatrix.permissionsOf({ side: "CUSTOMER", roles: adminRoles }),
      userId: user.id,
      customerId: customer.id,
      tenantId,
      adminRoles,
    },
  };
}

/** A Global admin of an organization that is not known. */
export function aProspect(): ProspectActor {
  const tag = unique();
  const person = { subject: tag, email: `boss@new-${tag}.example`, displayName: "New Boss" };
  const permissions = defaultMatrix.permissionsOf({ side: "PROSPECT" });
  return { kind: "PROSPECT", ...person, permissions, tenantId: randomUUID(), cloud: Cloud.PUBLIC };
}

/** Makes the partner the customer's reseller. */
export function aRelationship(
  testContext: TestContext,
  partner: Partner,
  customer: Customer,
): Promise<ResellerRelationship> {
  return testContext.system.transaction((tx) =>
    establishRelationship(tx, { partner, customer, invitationId: null }),
  );
}

/** Makes a pending invitation, and gives its token too. */
export async function anInvitation(
  testContext: TestContext,
  inviter: PartnerWithUser,
  overrides: InviteCustomer = {},
): Promise<{ id: string; token: string; link: string; body: string }> {
  const recipientEmail = overrides.reusable ? undefined : `someone-${unique()}@somewhere.example`;
  const made = await inviteCustomer(testContext.as(inviter.actor), { recipientEmail, ...overrides });
  const token = made.link.slice(made.link.indexOf("#") + 1);
  return { id: made.invitation.id, token, link: made.link, body: made.draft.body };
}

/** Makes an offer in the US, 1 to 300 licences, a year, unless told otherwise. */
export async function anOffer(
  testContext: TestContext,
  overrides: Partial<Offer> = {},
): Promise<{ id: string; catalogId: string }> {
  const catalogId = `OFFER-${unique().toUpperCase()}`;
  await testContext.system.transaction((tx) =>
    saveOffers(tx, [
      {
        catalogId,
        country: "US",
        locale: "en-US",
        name: `Offer ${catalogId}`,
        description: "For tests.",
        minimumQuantity: 1,
        maximumQuantity: 300,
        termDuration: "P1Y",
        supportedBillingCycles: [BillingCycle.MONTHLY, BillingCycle.ANNUAL],
        billingType: BillingType.LICENSE,
        unitType: "Licenses",
        isAddOn: false,
        isTrial: false,
        isAutoRenewable: true,
        isAvailableForPurchase: true,
        prerequisiteCatalogIds: [],
        ...overrides,
      },
    ]),
  );
  const [row] = await testContext.database.read((reads) =>
    reads.rows<{ id: string }>("SELECT id FROM offer WHERE catalogId = ?", [
      overrides.catalogId ?? catalogId,
    ]),
  );
  return { id: row?.id ?? "", catalogId };
}

/** Buys a subscription for a customer that the partner has an active relationship with. */
export async function aSubscription(
  testContext: TestContext,
  seller: PartnerWithUser,
  customer: Customer,
  overrides: { offerId?: string; quantity?: number; resellerId?: string } = {},
): Promise<Subscription> {
  const offerId = overrides.offerId ?? (await anOffer(testContext)).id;
  const input = { customerId: customer.id, quantity: 5, ...overrides, offerId };
  return (await createSubscription(testContext.as(seller.actor), input)).subscription;
}
