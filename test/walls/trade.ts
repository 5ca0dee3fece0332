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
} from "./town-plan";
import type { Link, Town } from "./town";

/** What the town's organizations did with each other before the probes begin. */
export async function trade(town: Town): Promise<void> {
  for (const row of resells) await begin(town, row);
  for (const [partner, customer] of declined) {
    const link = await invite(town, partner, { readers: [customer] });
    await declineInvitation(town.house.as(personOf(town, customer).actor), { token: link.token });
    town.links.push({ ...link, onlyFor: customer });
  }
  const { id: offerId } = await anOffer(town.house);
  await anOffer(town.house);
  await sell(town, offerId, "directA", "customerX");
  await sell(town, offerId, "directB", "customerX");
  await sell(town, offerId, "directA", "customerY");
  await sell(town, offerId, "providerA", "customerY", "resellerA");
  await sell(town, offerId, "providerB", "customerZ", "resellerB");
  await sell(town, offerId, "directB", "customerZ", undefined, "all suspended");
  for (const { partner, customer, removed } of resells) if (removed) await leave(town, partner, customer);
  for (const partner of Object.keys(partnerPlan) as PartnerKey[]) {
    await keepBusy(town, partner);
    await openEndpoints(town, partner);
  }
}

const asPartner = (town: Town, key: PartnerKey) =>
  personOf(town, key, "admin-agent").actor as PartnerUserActor;

/** Invites by words that bear a mark. */
export async function invite(
  town: Town,
  partner: PartnerKey,
  { readers = [], ...input }: InviteCustomer & { readers?: OrganizationKey[] } = {},
): Promise<Link & { id: string }> {
  const mark = town.marks.make(partner, "invitation text", readers);
  const recipientEmail = input.reusable ? undefined : `${mark}@somewhere.example`;
  const words = { subject: `${mark} subject`, body: `${mark} body {{link}}`, recipientEmail };
  const made = await inviteCustomer(town.house.as(asPartner(town, partner)), { ...words, ...input });
  return { id: made.invitation.id, token: made.link.slice(made.link.indexOf("#") + 1), partner };
}

async function begin(town: Town, { partner, customer, through }: (typeof resells)[number]): Promise<void> {
  const readers = through ? [customer, through] : [customer];
  const indirectProviderId = through && town.partners[through].id;
  const link = await invite(town, partner, { readers, indirectProviderId });
  await acceptInvitation(town.house.as(personOf(town, customer).actor), { token: link.token });
  town.links.push({ ...link, onlyFor: customer });
  for (const seller of through ? [partner, through] : [partner]) await keepNotes(town, seller, customer);
}

/** What a partner writes about a customer is for nobody else to read. */
async function keepNotes(town: Town, partner: PartnerKey, customer: CustomerKey): Promise<void> {
  const { marks, house, customers } = town;
  const mark = marks.make(partner, `what ${partner} keeps about ${customer}`);
  await updateCustomer(house.as(asPartner(town, partner)), {
    customerId: customers[customer].id,
    companyName: `${mark} as we call it`,
    contactEmail: `${mark}@contacts.example`,
    contactFirstName: `${mark} first`,
    contactMiddleName: `${mark} middle`,
    contactLastName: `${mark} last`,
    registrationNumber: null,
    contactPhone: marks.makePhone(partner, `phone that ${partner} keeps of ${customer}`),
  });
}

async function sell(
  town: Town,
  offerId: string,
  partner: PartnerKey,
  customer: CustomerKey,
  reseller?: PartnerKey,
  state: "one suspended" | "all suspended" = "one suspended",
): Promise<void> {
  const ctx = town.house.as(asPartner(town, partner));
  const readers = reseller ? [customer, reseller] : [customer];
  const resellerId = reseller && town.partners[reseller].id;
  for (const number of [1, 2]) {
    const friendlyName = `${town.marks.make(partner, "subscription name", readers)} plan`;
    const input = {
      customerId: town.customers[customer].id,
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

async function leave(town: Town, partner: PartnerKey, customer: CustomerKey): Promise<void> {
  const { house, partners, customers } = town;
  const [row] = await house.database.read((reads) =>
    reads.rows<{ id: string }>(
      "SELECT id FROM reseller_relationship WHERE partnerId = ? AND customerId = ?",
      [partners[partner].id, customers[customer].id],
    ),
  );
  await removeRelationship(house.as(asPartner(town, partner)), { relationshipId: row?.id ?? "" });
}

/** Invitations in every state, some for a named customer; and customers that nobody else knows. */
async function keepBusy(town: Town, partner: PartnerKey): Promise<void> {
  const { house, customers, links, marks } = town;
  const ctx = house.as(asPartner(town, partner));
  for (let left = 3; left > 0; left--) links.push(await invite(town, partner));
  links.push(await invite(town, partner, { reusable: true }));
  await revokeInvitation(ctx, { invitationId: (await invite(town, partner)).id });
  const expired = await invite(town, partner);
  await house.system.transaction((tx) =>
    tx.execute("UPDATE invitation SET expiresAt = ? WHERE id = ?", ["2020-01-01T00:00:00.000Z", expired.id]),
  );
  const known = resells.filter((row) => !row.removed && [row.partner, row.through].includes(partner));
  for (const { customer } of known) {
    const link = await invite(town, partner, { readers: [customer], customerId: customers[customer].id });
    links.push({ ...link, onlyFor: customer });
  }
  if (partnerPlan[partner] === ProgrammeRole.INDIRECT_RESELLER) return;
  for (let left = 2; left > 0; left--) {
    const mark = marks.make(partner, "customer that nobody else knows");
    const company = { companyName: `${mark} Ltd`, domain: `${mark}.example`, country: "US" };
    await createCustomer(ctx, { ...company, contactEmail: `${mark}@people.example` });
  }
}
