import { Offer } from "../../entities/catalog/offer";
import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { Invitation } from "../../entities/invitations/invitation";
import { Subscription } from "../../entities/subscriptions/subscription";
import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { User } from "../../entities/identity/user";
import { createHash, randomUUID } from "node:crypto";
import type { RowCounts } from "../../entities/events/organization-head";
import { type Identified, newId } from "../../src/values/ids";
import { daysAfter } from "../../src/values/instant";
import { searchKey } from "../../src/values/search-key";
import type { StoredRow } from "./insert-rows";

const PLACE = { country: "US", cloud: "PUBLIC" };
const A_YEAR = 360;

/** Makes the rows that the bench's database is filled with, all at one instant. Each is as the program would store it. */
export function rowMaker(now: string) {
  const later = daysAfter(now, A_YEAR);
  const row = (of: Identified) => ({ id: newId(of), createdAt: now, updatedAt: now, version: 1 });
  const user = (organization: StoredRow, roles: { agentRoles: string[]; adminRoles: string[] }) => ({
    ...row(User),
    organizationId: organization.id ?? null,
    subject: randomUUID(),
    email: `someone@${organization.domain}`,
    displayName: "Some One",
    agentRoles: JSON.stringify(roles.agentRoles),
    adminRoles: JSON.stringify(roles.adminRoles),
    status: "ACTIVE",
  });
  return {
    partner: (name: string): StoredRow => ({
      ...row(Partner),
      ...PLACE,
      tenantId: randomUUID(),
      name,
      programmeRole: "DIRECT_BILL",
      domain: domainOf(name),
    }),
    customer: (companyName: string): StoredRow => ({
      ...row(Customer),
      ...PLACE,
      tenantId: randomUUID(),
      companyName,
      domain: domainOf(companyName),
    }),
    head: ({ id }: StoredRow, counts: RowCounts = {}): StoredRow => ({
      organizationId: id ?? null,
      lastPosition: 0,
      forgottenPosition: 0,
      lastSequence: 0,
      lastHash: "",
      rowCounts: JSON.stringify(counts),
    }),
    partnerUser: (partner: StoredRow): StoredRow =>
      user(partner, { agentRoles: ["ADMIN_AGENT"], adminRoles: [] }),
    customerUser: (customer: StoredRow): StoredRow =>
      user(customer, { agentRoles: [], adminRoles: ["GLOBAL_ADMIN"] }),
    offer: (): StoredRow => ({
      ...row(Offer),
      ...OFFER,
      name: "Harbour Workplace",
      nameKey: searchKey("Harbour Workplace"),
    }),
    relationship: (partner: StoredRow, customer: StoredRow, at: number): StoredRow => ({
      ...row(ResellerRelationship),
      ...NO_CONTACT,
      partnerId: partner.id ?? null,
      customerId: customer.id ?? null,
      kind: "RESELLER",
      status: "ACTIVE",
      invitationId: null,
      companyName: customer.companyName ?? null,
      companyNameKey: searchKey(String(customer.companyName)),
      domain: customer.domain ?? null,
      contactEmail: `office@${customer.domain}`,
      contactPhone: at % 2 ? `+1 206 555 ${String(at).padStart(4, "0")}` : null,
      establishedAt: now,
      removedAt: null,
    }),
    subscription: (partner: StoredRow, customer: StoredRow, offer: StoredRow, at: number): StoredRow => ({
      ...row(Subscription),
      ...SOLD,
      customerId: customer.id ?? null,
      partnerId: partner.id ?? null,
      resellerId: null,
      offerId: offer.id ?? null,
      offerName: offer.name ?? null,
      friendlyName: offer.name ?? null,
      quantity: 10 + (at % 90),
      autoRenewEnabled: at % 2 === 0,
      startsAt: now,
      termEndsAt: later,
      dueAt: later,
    }),
    invitation: (partner: StoredRow, by: StoredRow, customer: StoredRow, token: string): StoredRow => ({
      ...row(Invitation),
      partnerId: partner.id ?? null,
      providerId: null,
      tokenHash: createHash("sha256").update(token).digest("hex"),
      status: "PENDING",
      recipientEmail: `someone@${customer.domain}`,
      pendingKey: `${partner.id} someone@${customer.domain}`,
      reusable: false,
      customerId: customer.id ?? null,
      subject: "Become our customer",
      bodyTemplate: "Please open {{link}}",
      expiresAt: later,
      endedAt: null,
      createdBy: by.id ?? null,
    }),
  };
}

const OFFER = {
  catalogId: "PG-WORKPLACE",
  country: "US",
  locale: "en-US",
  description: "Mail, calendar and documents.",
  minimumQuantity: 1,
  maximumQuantity: 300,
  termDuration: "P1Y",
  supportedBillingCycles: '["MONTHLY"]',
  billingType: "LICENSE",
  unitType: "Licenses",
  isAddOn: false,
  isTrial: false,
  isAutoRenewable: true,
  isAvailableForPurchase: true,
  prerequisiteCatalogIds: "[]",
};

const SOLD = {
  unitType: "Licenses",
  status: "ACTIVE",
  suspensionReasons: "[]",
  isTrial: false,
  billingType: "LICENSE",
  billingCycle: "MONTHLY",
  termDuration: "P1Y",
  termNumber: 1,
  refundableBatches: "[]",
};

const NO_CONTACT = {
  contactFirstName: null,
  contactMiddleName: null,
  contactLastName: null,
  registrationNumber: null,
};

function domainOf(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.example`;
}
