import { AdminRole, AgentRole } from "../../entities/identity/user";
import { ProgrammeRole } from "../../entities/partners/partner";

/*
 * Who lives in the fixture world that the probes run through, and who may know whom. The readers of every text follow from
 * these tables and from the rules of the field (docs/sources.md), not from the code that is under test.
 */

/** The partners: two that have nothing to do with each other, and two indirect providers, each with a reseller. */
export const partnerPlan = {
  directA: ProgrammeRole.DIRECT_BILL,
  directB: ProgrammeRole.DIRECT_BILL,
  providerA: ProgrammeRole.INDIRECT_PROVIDER,
  resellerA: ProgrammeRole.INDIRECT_RESELLER,
  providerB: ProgrammeRole.INDIRECT_PROVIDER,
  resellerB: ProgrammeRole.INDIRECT_RESELLER,
} as const;

/** A partner of the fixture world. */
export type PartnerKey = keyof typeof partnerPlan;

/** The customers: one shared by two unrelated partners, one by three, one whose partner has left it. */
export const customerKeys = ["customerX", "customerY", "customerZ"] as const;

/** A customer of the fixture world. */
export type CustomerKey = (typeof customerKeys)[number];

/** An organization of the fixture world. */
export type OrganizationKey = PartnerKey | CustomerKey;

/** Provider and reseller that work together; one reseller has two providers, of which neither knows of the other. */
export const partnerships: [PartnerKey, PartnerKey][] = [
  ["providerA", "resellerA"],
  ["providerB", "resellerB"],
  ["providerB", "resellerA"],
];

/** Who resells to whom; a reseller's invitation brings its provider along. */
export const resells: { partner: PartnerKey; customer: CustomerKey; through?: PartnerKey; removed?: true }[] =
  [
    { partner: "directA", customer: "customerX" },
    { partner: "directB", customer: "customerX" },
    { partner: "resellerA", customer: "customerY", through: "providerA" },
    { partner: "directA", customer: "customerY" },
    { partner: "resellerB", customer: "customerZ", through: "providerB" },
    { partner: "directB", customer: "customerZ", removed: true },
  ];

/** Who turned whom down: both learned of each other by it. */
export const declined: [PartnerKey, CustomerKey][] = [
  ["resellerB", "customerX"],
  ["directA", "customerZ"],
];

/** The partners that know a customer, or knew it: they may read its own name, and it theirs. */
export function partnersKnownTo(customer: CustomerKey): PartnerKey[] {
  const sellers = resells.filter((row) => row.customer === customer);
  const turnedDown = declined.filter(([, who]) => who === customer).map(([partner]) => partner);
  return [
    ...sellers.flatMap(({ partner, through }) => (through ? [partner, through] : [partner])),
    ...turnedDown,
  ];
}

/** Those who may read a partner's name: its counterparts, and the customers that know it. */
export function readersOfName(partner: PartnerKey): OrganizationKey[] {
  const counterparts = partnerships.filter((pair) => pair.includes(partner)).flat();
  return [...counterparts, ...customerKeys.filter((customer) => partnersKnownTo(customer).includes(partner))];
}

/** The roles that a partner's people have in the fixture world, by the word in their names. */
export const partnerRoles: Record<string, { agent?: AgentRole[]; admin?: AdminRole[] }> = {
  "global-admin": { admin: [AdminRole.GLOBAL_ADMIN] },
  "admin-agent": { agent: [AgentRole.ADMIN_AGENT] },
  "sales-agent": { agent: [AgentRole.SALES_AGENT] },
  "helpdesk-agent": { agent: [AgentRole.HELPDESK_AGENT] },
  "billing-admin": { admin: [AdminRole.BILLING_ADMIN] },
  "user-admin": { admin: [AdminRole.USER_MANAGEMENT_ADMIN] },
  nobody: {},
};

/** The roles that a customer's people have. */
export const customerRoles: typeof partnerRoles = {
  "global-admin": { admin: [AdminRole.GLOBAL_ADMIN] },
  "user-admin": { admin: [AdminRole.USER_MANAGEMENT_ADMIN] },
  nobody: {},
};
