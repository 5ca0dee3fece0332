import { randomUUID } from "node:crypto";
import type { Customer } from "../../entities/customers/customer";
import type { Partner } from "../../entities/partners/partner";
import {
  customerKeys,
  type CustomerKey,
  type OrganizationKey,
  partnerPlan,
  type PartnerKey,
  partnerships,
  partnersKnownTo,
  readersOfName,
} from "./town-plan";
import { createPartnership } from "../../src/partners";
import { makeUseCaseContext } from "../../src/server/graphql/context";
import type { RunningServer } from "../../src/server/start-server";
import { aCustomer, aPartner } from "../support/builders";
import type { House } from "../support/house";
import { Marks } from "./marks";
import { type Person, peopleOf } from "./people";
import { trade } from "./trade";

/** The link of an invitation, and the customers that may not know of it though they hold the token. */
export interface Link {
  token: string;
  partner: PartnerKey;
  /** Absent: whoever holds it may use it. */
  onlyFor?: CustomerKey;
}

/** Everything that was seeded. */
export interface Town {
  house: House;
  marks: Marks;
  partners: Record<PartnerKey, Partner>;
  customers: Record<CustomerKey, Customer>;
  people: Person[];
  links: Link[];
}

/** Looks at a running server as a house, so that the builders can fill its database. */
export function houseOf({ services }: RunningServer): House {
  const as: House["as"] = (actor) => makeUseCaseContext(services, actor, "town-request");
  const notHere = () => {
    throw new Error("a town has no such thing");
  };
  return {
    environment: { DATA_DIR: "", DATABASE_URL: "" },
    database: services.database,
    services,
    clock: { now: services.now() },
    statements: [],
    as,
    system: as({ kind: "SYSTEM" }),
    eventsOf: notHere,
    count: notHere,
    close: notHere,
  };
}

/** Fills an empty database with the town of town-plan.ts. */
export async function buildTown(running: RunningServer): Promise<Town> {
  const house = houseOf(running);
  const marks = new Marks();
  const partners = {} as Town["partners"];
  for (const key of Object.keys(partnerPlan) as PartnerKey[])
    partners[key] = await openPartner(house, marks, key);
  for (const [provider, reseller] of partnerships) {
    await house.system.transaction((tx) =>
      createPartnership(tx, partners[provider].id, partners[reseller].id),
    );
  }
  const customers = {} as Town["customers"];
  for (const key of customerKeys) {
    const mark = marks.make(key, "customer name", partnersKnownTo(key));
    const { customer } = await aCustomer(house, { companyName: `${mark} Ltd` });
    marks.keep(customer.tenantId, key, "customer tenant id", partnersKnownTo(key));
    marks.keep(customer.domain, key, "customer domain", partnersKnownTo(key));
    customers[key] = customer;
  }
  const town: Town = { house, marks, partners, customers, people: [], links: [] };
  town.people = await peopleOf(town);
  await trade(town);
  return town;
}

async function openPartner(house: House, marks: Marks, key: PartnerKey): Promise<Partner> {
  const mark = marks.make(key, "partner name", readersOfName(key));
  const tenantId = marks.keep(randomUUID(), key, "partner tenant id", []);
  const details = {
    name: `${mark} Inc`,
    domain: `${mark}.example`,
    tenantId,
    programmeRole: partnerPlan[key],
  };
  return (await aPartner(house, details, {})).partner;
}

/** The id of an organization of the town. */
export function idOf({ partners, customers }: Town, key: OrganizationKey): string {
  return key in partners ? partners[key as PartnerKey].id : customers[key as CustomerKey].id;
}
