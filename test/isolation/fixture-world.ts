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
} from "./fixture-plan";
import { createPartnership } from "../../src/partners";
import { makeUseCaseContext } from "../../src/transport/graphql/context";
import type { RunningServer } from "../../src/start/start-server";
import { aCustomer, aPartner } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { Marks } from "./canaries";
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
export interface FixtureWorld {
  testContext: TestContext;
  canaries: Marks;
  partners: Record<PartnerKey, Partner>;
  customers: Record<CustomerKey, Customer>;
  people: Person[];
  links: Link[];
}

/** Looks at a running server as a test context, so that the builders can fill its database. */
export function testContextOf({ services }: RunningServer): TestContext {
  const as: TestContext["as"] = (actor) => makeUseCaseContext(services, actor, "town-request");
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

/** Fills an empty database with the fixture world of town-plan.ts. */
export async function buildFixtureWorld(running: RunningServer): Promise<FixtureWorld> {
  const testContext = testContextOf(running);
  const canaries = new Marks();
  const partners = {} as FixtureWorld["partners"];
  for (const key of Object.keys(partnerPlan) as PartnerKey[])
    partners[key] = await openPartner(testContext, canaries, key);
  for (const [provider, reseller] of partnerships) {
    await testContext.system.transaction((tx) =>
      createPartnership(tx, partners[provider].id, partners[reseller].id),
    );
  }
  const customers = {} as FixtureWorld["customers"];
  for (const key of customerKeys) {
    const canary = canaries.make(key, "customer name", partnersKnownTo(key));
    const { customer } = await aCustomer(testContext, { companyName: `${canary} Ltd` });
    canaries.keep(customer.tenantId, key, "customer tenant id", partnersKnownTo(key));
    canaries.keep(customer.domain, key, "customer domain", partnersKnownTo(key));
    customers[key] = customer;
  }
  const world: FixtureWorld = { testContext, canaries, partners, customers, people: [], links: [] };
  world.people = await peopleOf(world);
  await trade(world);
  return world;
}

async function openPartner(testContext: TestContext, canaries: Marks, key: PartnerKey): Promise<Partner> {
  const canary = canaries.make(key, "partner name", readersOfName(key));
  const tenantId = canaries.keep(randomUUID(), key, "partner tenant id", []);
  const details = {
    name: `${canary} Inc`,
    domain: `${canary}.example`,
    tenantId,
    programmeRole: partnerPlan[key],
  };
  return (await aPartner(testContext, details, {})).partner;
}

/** The id of an organization of the fixture world. */
export function idOf({ partners, customers }: FixtureWorld, key: OrganizationKey): string {
  return key in partners ? partners[key as PartnerKey].id : customers[key as CustomerKey].id;
}
