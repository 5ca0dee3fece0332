import { setTimeout as pause } from "node:timers/promises";
import { ProgrammeRole } from "../../entities/partners/partner";
import type { UseCaseContext } from "../../src/unit-of-work/use-case-context";
import { createCustomer, updateCustomer } from "../../src/customers";
import { DomainError } from "../../src/errors/domain-error";
import { acceptInvitation } from "../../src/invitations";
import { removeRelationship } from "../../src/relationships";
import {
  cancelSubscription,
  changeSubscription,
  createSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import { personOf } from "./people";
import type { FixtureWorld } from "./fixture-world";
import { type OrganizationKey, partnerPlan, type PartnerKey } from "./fixture-plan";
import { invite } from "./trade";

/** Something of everything, between organizations that know each other already. */
export async function worldActs(busyWorld: FixtureWorld, offerId: string): Promise<void> {
  const { testContext } = busyWorld;
  const world = {
    ...busyWorld,
    testContext: {
      ...testContext,
      as: (actor: Parameters<typeof testContext.as>[0]) => patient(testContext.as(actor)),
    },
  };
  for (const partner of Object.keys(partnerPlan) as PartnerKey[]) {
    await invite(world, partner);
    if (partnerPlan[partner] !== ProgrammeRole.INDIRECT_RESELLER)
      await serveSomebodyNew(world, partner, offerId);
  }
  const again = await invite(world, "directB", { readers: ["customerZ"] });
  const { relationships } = await acceptInvitation(as(world, "customerZ"), { token: again.token });
  const companyName = `${world.canaries.make("directB", "what directB keeps about customerZ, again")} too`;
  await updateCustomer(as(world, "directB"), { customerId: world.customers.customerZ.id, companyName });
  await removeRelationship(as(world, "directB"), { relationshipId: relationships[0]?.id ?? "" });
}

async function serveSomebodyNew(world: FixtureWorld, partner: PartnerKey, offerId: string): Promise<void> {
  const ctx = as(world, partner);
  const canary = world.canaries.make(partner, "customer that was added while all listened");
  const company = { companyName: `${canary} Ltd`, domain: `${canary}.example`, country: "US" };
  const { customer } = await createCustomer(ctx, { ...company, contactEmail: `${canary}@people.example` });
  const { subscription } = await createSubscription(ctx, { customerId: customer.id, offerId, quantity: 1 });
  const subscriptionId = subscription.id;
  await changeSubscription(ctx, { subscriptionId, quantity: 2 });
  await suspendSubscription(ctx, { subscriptionId });
  await cancelSubscription(ctx, { subscriptionId });
  await removeRelationship(ctx, { relationshipId: customer.relationshipId ?? "" });
}

const as = (world: FixtureWorld, key: OrganizationKey) =>
  world.testContext.as(personOf(world, key, key in partnerPlan ? "admin-agent" : "global-admin").actor);

/** A caller who tries again where the database is busy: all the listeners read it at once. */
function patient(ctx: UseCaseContext): UseCaseContext {
  return {
    ...ctx,
    read: (work) => insistOn(() => ctx.read(work)),
    transaction: (work, call) => insistOn(() => ctx.transaction(work, call)),
  };
}

async function insistOn<T>(work: () => Promise<T>, retries = 20): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isBusy = error instanceof DomainError && error.code === "SERVICE_BUSY";
    if (!isBusy || retries === 0) throw error;
    await pause(250);
    return insistOn(work, retries - 1);
  }
}
