import { ProgrammeRole } from "../../entities/partners/partner";
import type { PartnerUserActor } from "../../src/access/actor";
import { createCustomer, updateCustomer } from "../../src/customers";
import {
  acceptInvitation,
  declineInvitation,
  inviteCustomer,
  type InviteCustomer,
  revokeInvitation,
} from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import { createSubscription, suspendSubscription } from "../../src/subscriptions";
import { anOffer } from "../support/builders";
import { openEndpoints } from "./endpoints";
import { personOf } from "./people";
import {
  type CustomerKey,
  declined,
  type OrganizationKey,
  partnerPlan,
  type PartnerKey,
  resells,
} from "./fixture-plan";
import type { Link, FixtureWorld } from "./fixture-world";

/** What the fixture world's organizations did with each other before the probes begin. */
export async function trade(world: FixtureWorld): Promise<void> {
  for (const row of resells) await begin(world, row);
  for (const [partner, customer] of declined) {
    const link = await invite(world, partner, { readers: [customer] });
    await declineInvitation(world.testContext.as(personOf(world, customer).actor), { token: link.token });
    world.links.push({ ...link, onlyFor: customer });
  }
  const { id: offerId } = await anOffer(world.testContext);
  await anOffer(world.testContext);
  await sell(world, offerId, "directA", "customerX");
  await sell(world, offerId, "directB", "customerX");
  await sell(world, offerId, "directA", "customerY");
  await sell(world, offerId, "providerA", "customerY", "resellerA");
  await sell(world, offerId, "providerB", "customerZ", "resellerB");
  await sell(world, offerId, "directB", "customerZ", undefined, "all suspended");
  for (const { partner, customer, removed } of resells) if (removed) await leave(world, partner, customer);
  for (const partner of Object.keys(partnerPlan) as PartnerKey[]) {
    await keepBusy(world, partner);
    await openEndpoints(world, partner);
  }
}

const asPartner = (world: FixtureWorld, key: PartnerKey) =>
  personOf(world, key, "admin-agent").actor as PartnerUserActor;

/** Invites by words that bear a mark. */
export async function invite(
  world: FixtureWorld,
  partner: PartnerKey,
  { readers = [], ...input }: InviteCustomer & { readers?: OrganizationKey[] } = {},
): Promise<Link & { id: string }> {
  const canary = world.canaries.make(partner, "invitation text", readers);
  const recipientEmail = input.reusable ? undefined : `${canary}@somewhere.example`;
  const words = { subject: `${canary} subject`, body: `${canary} body {{link}}`, recipientEmail };
  const made = await inviteCustomer(world.testContext.as(asPartner(world, partner)), { ...words, ...input });
  return { id: made.invitation.id, token: made.link.slice(made.link.indexOf("#") + 1), partner };
}

async function begin(
  world: FixtureWorld,
  { partner, customer, through }: (typeof resells)[number],
): Promise<void> {
  const readers = through ? [customer, through] : [customer];
  const indirectProviderId = through && world.partners[through].id;
  const link = await invite(world, partner, { readers, indirectProviderId });
  await acceptInvitation(world.testContext.as(personOf(world, customer).actor), { token: link.token });
  world.links.push({ ...link, onlyFor: customer });
  for (const seller of through ? [partner, through] : [partner]) await keepNotes(world, seller, customer);
}

/** What a partner writes about a customer is for nobody else to read. */
async function keepNotes(world: FixtureWorld, partner: PartnerKey, customer: CustomerKey): Promise<void> {
  const { canaries, testContext, customers } = world;
  const canary = canaries.make(partner, `what ${partner} keeps about ${customer}`);
  await updateCustomer(testContext.as(asPartner(world, partner)), {
    customerId: customers[customer].id,
    companyName: `${canary} as we call it`,
    contactEmail: `${canary}@contacts.example`,
    contactFirstName: `${canary} first`,
    contactMiddleName: `${canary} middle`,
    contactLastName: `${canary} last`,
    registrationNumber: null,
    contactPhone: canaries.makePhone(partner, `phone that ${partner} keeps of ${customer}`),
  });
}

async function sell(
  world: FixtureWorld,
  offerId: string,
  partner: PartnerKey,
  customer: CustomerKey,
  reseller?: PartnerKey,
  state: "one suspended" | "all suspended" = "one suspended",
): Promise<void> {
  const ctx = world.testContext.as(asPartner(world, partner));
  const readers = reseller ? [customer, reseller] : [customer];
  const resellerId = reseller && world.partners[reseller].id;
  for (const number of [1, 2]) {
    const friendlyName = `${world.canaries.make(partner, "subscription name", readers)} plan`;
    const input = {
      customerId: world.customers[customer].id,
      offerId,
      quantity: number,
      resellerId,
      friendlyName,
    };
    const { subscription } = await createSubscription(ctx, input);
    if (number === 2 || state === "all suspended")
      await suspendSubscription(ctx, { subscriptionId: subscription.id });
  }
}

async function leave(world: FixtureWorld, partner: PartnerKey, customer: CustomerKey): Promise<void> {
  const { testContext, partners, customers } = world;
  const [row] = await testContext.database.read((reads) =>
    reads.rows<{ id: string }>(
      "SELECT id FROM reseller_relationship WHERE partnerId = ? AND customerId = ?",
      [partners[partner].id, customers[customer].id],
    ),
  );
  await removeRelationship(testContext.as(asPartner(world, partner)), { relationshipId: row?.id ?? "" });
}

/** Invitations in every state, some for a named customer; and customers that nobody else knows. */
async function keepBusy(world: FixtureWorld, partner: PartnerKey): Promise<void> {
  const { testContext, customers, links, canaries } = world;
  const ctx = testContext.as(asPartner(world, partner));
  for (let left = 3; left > 0; left--) links.push(await invite(world, partner));
  links.push(await invite(world, partner, { reusable: true }));
  await revokeInvitation(ctx, { invitationId: (await invite(world, partner)).id });
  const expired = await invite(world, partner);
  await testContext.system.transaction((tx) =>
    tx.execute("UPDATE invitation SET expiresAt = ? WHERE id = ?", ["2020-01-01T00:00:00.000Z", expired.id]),
  );
  const known = resells.filter((row) => !row.removed && [row.partner, row.through].includes(partner));
  for (const { customer } of known) {
    const link = await invite(world, partner, { readers: [customer], customerId: customers[customer].id });
    links.push({ ...link, onlyFor: customer });
  }
  if (partnerPlan[partner] === ProgrammeRole.INDIRECT_RESELLER) return;
  for (let left = 2; left > 0; left--) {
    const canary = canaries.make(partner, "customer that nobody else knows");
    const company = { companyName: `${canary} Ltd`, domain: `${canary}.example`, country: "US" };
    await createCustomer(ctx, { ...company, contactEmail: `${canary}@people.example` });
  }
}
