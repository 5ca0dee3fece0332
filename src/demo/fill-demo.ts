import type { User } from "../../entities/identity/user";
import { Cloud, Partner, ProgrammeRole } from "../../entities/partners/partner";
import type { PartnerUserActor } from "../access/actor";
import { demoOffers, saveOffers } from "../catalog";
import type { PermissionMatrix } from "../access/permission-matrix";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import { createCustomer } from "../customers";
import { createPartner, registerCustomer } from "../organizations";
import { sql } from "../database/sql";
import type { Reads } from "../database/reads";
import type { Transaction } from "../unit-of-work/transaction";
import { insertUser } from "../identity";
import { createPartnership } from "../partners";
import { establishRelationship } from "../relationships";
import { createSubscription, suspendSubscription } from "../subscriptions";
import { type DemoOrganization, demoOrganizations, demoPeople } from "./demo-people";

const PARTNERS = [
  ["direct", "Alpine Cloud", ProgrammeRole.DIRECT_BILL],
  ["provider", "Northwater Distribution", ProgrammeRole.INDIRECT_PROVIDER],
  ["reseller", "Maple Street IT", ProgrammeRole.INDIRECT_RESELLER],
] as const;

const DIRECT_CUSTOMERS = [
  "Amber Valley Dairy",
  "Cobalt Cycles",
  "Driftwood Hotels",
  "Évora Ceramics",
  "Juniper Dental",
  "Quiet Harbor Press",
];
const SHARED_CUSTOMERS = ["Lantern Theatre", "Saltmarsh Farms"];

/**
 * Fills an empty database with the demo: three partners, their people, customers, offers and subscriptions. All of it
 * in one transaction, through the use cases where there is one; a database with any partner in it is left alone.
 * Returns whether it did.
 */
export async function fillDemo(ctx: UseCaseContext): Promise<boolean> {
  // A start needs no write lock where there is nothing to write: another process may hold it.
  if (await ctx.read(hasPartners)) return false;
  return ctx.transaction((tx) => fill(ctx, tx), { operation: "fillDemo" });
}

async function hasPartners(reads: Reads): Promise<boolean> {
  return (await reads.count(sql`FROM partner`)) > 0;
}

async function fill(ctx: UseCaseContext, tx: Transaction): Promise<boolean> {
  if (await hasPartners(tx)) return false;
  const partners = await addPartners(tx);
  await createPartnership(tx, partners.provider.id, partners.reseller.id);
  await addCustomerOrganizations(tx);
  const users = await addPeople(tx, partners);
  await saveOffers(tx, demoOffers);
  const offers = await tx.rows<{ id: string; catalogId: string }>(
    "SELECT id, catalogId FROM offer WHERE country = 'US'",
  );
  const offerIds = new Map(offers.map((offer) => [offer.catalogId, offer.id]));
  const direct = actingAs(ctx, tx, partnerUser(ctx.matrix, "direct-agent", partners.direct, users));
  const provider = actingAs(ctx, tx, partnerUser(ctx.matrix, "provider-agent", partners.provider, users));
  await addDirectCustomers(direct, offerIds);
  await addSharedCustomers(provider, tx, partners.reseller, offerIds);
  return true;
}

/** A use case that is called here joins the transaction that is under way, so that the demo is there whole or not. */
function actingAs(ctx: UseCaseContext, tx: Transaction, actor: PartnerUserActor): UseCaseContext {
  const { requestId, settings, matrix, contributions } = ctx;
  return {
    actor,
    requestId,
    settings,
    matrix,
    contributions,
    reportDefect: (message) => ctx.reportDefect(message),
    now: () => ctx.now(),
    read: (work) => work(tx),
    transaction: (work) => work(tx),
  };
}

type DemoPartners = Record<"direct" | "provider" | "reseller", Partner>;

async function addPartners(tx: Transaction): Promise<DemoPartners> {
  const made: Partial<DemoPartners> = {};
  for (const [key, name, programmeRole] of PARTNERS) {
    const place = { country: "US", cloud: Cloud.PUBLIC, ...demoOrganizations[key] };
    made[key] = await createPartner(tx, { name, programmeRole, ...place });
  }
  return made as DemoPartners;
}

async function addCustomerOrganizations(tx: Transaction): Promise<void> {
  const place = { country: "US", cloud: Cloud.PUBLIC };
  await registerCustomer(tx, { companyName: "Blue Fern Bakery", ...place, ...demoOrganizations.customer1 });
  await registerCustomer(tx, {
    companyName: "Granite Peak Outfitters",
    ...place,
    ...demoOrganizations.customer2,
  });
}

async function addPeople(tx: Transaction, partners: DemoPartners): Promise<Map<string, User>> {
  const customers = await tx.rows<{ id: string; tenantId: string }>("SELECT id, tenantId FROM customer");
  const organizationId = (key: DemoOrganization) =>
    key in partners
      ? partners[key as keyof DemoPartners].id
      : customers.find((row) => row.tenantId === demoOrganizations[key].tenantId)?.id;
  const users = new Map<string, User>();
  for (const [name, { organization, subject, email, displayName, agentRoles, adminRoles }] of Object.entries(
    demoPeople,
  )) {
    const id = organizationId(organization);
    if (!id) continue; // The newcomer's organization becomes known by accepting an invitation.
    users.set(
      name,
      await insertUser(tx, { organizationId: id, subject, email, displayName, agentRoles, adminRoles }),
    );
  }
  return users;
}

function partnerUser(
  matrix: PermissionMatrix,
  name: string,
  partner: Partner,
  users: Map<string, User>,
): PartnerUserActor {
  const person = demoPeople[name];
  const userId = users.get(name)?.id;
  if (!person || !userId) throw new Error(`the demo has no ${name}`);
  const { subject, email, displayName, agentRoles, adminRoles } = person;
  const { id: partnerId, programmeRole, tenantId } = partner;
  const roles = [...agentRoles, ...adminRoles];
  const permissions = matrix.permissionsOf({ side: "PARTNER", programmeRole, roles });
  const who = { userId, subject, email, displayName, agentRoles, adminRoles, permissions };
  return { kind: "PARTNER_USER", ...who, tenantId, partnerId, programmeRole };
}

function domainOf(companyName: string): string {
  const ascii = companyName.normalize("NFKD").replace(/\p{M}/gu, "");
  return `${ascii.toLowerCase().replace(/[^a-z]+/g, "")}.example`;
}

async function addDirectCustomers(direct: UseCaseContext, offerIds: Map<string, string>): Promise<void> {
  const bought = ["PG-WORKPLACE", "PG-WORKPLACE-PLUS"].map((id) => offerIds.get(id) ?? "");
  for (const [at, companyName] of DIRECT_CUSTOMERS.entries()) {
    const domain = domainOf(companyName);
    const contact = { contactEmail: `office@${domain}` };
    const { customer } = await createCustomer(direct, { companyName, domain, country: "US", ...contact });
    for (const offerId of bought.slice(0, 1 + (at % 2))) {
      const { subscription } = await createSubscription(direct, {
        customerId: customer.id,
        offerId,
        quantity: 10 + at * 5,
      });
      if (at === 3) await suspendSubscription(direct, { subscriptionId: subscription.id });
    }
  }
}

async function addSharedCustomers(
  provider: UseCaseContext,
  tx: Transaction,
  reseller: Partner,
  offerIds: Map<string, string>,
): Promise<void> {
  for (const companyName of SHARED_CUSTOMERS) {
    const domain = domainOf(companyName);
    const contact = { contactEmail: `office@${domain}` };
    const { customer: visible } = await createCustomer(provider, {
      companyName,
      domain,
      country: "US",
      ...contact,
    });
    const customer = { ...visible, createdAt: tx.now, updatedAt: tx.now };
    await establishRelationship(tx, { partner: reseller, customer, invitationId: null });
    const offerId = offerIds.get("PG-WORKPLACE") ?? "";
    await createSubscription(provider, {
      customerId: customer.id,
      offerId,
      quantity: 25,
      resellerId: reseller.id,
    });
  }
}
