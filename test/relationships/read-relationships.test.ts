import { AgentRole } from "../../entities/identity/user";
import { RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import type { Actor } from "../../src/access/actor";
import { listRelationships, type ListRelationships, removeRelationship } from "../../src/relationships";
import { makeLoaders } from "../../src/areas";
import { suspendSubscription } from "../../src/subscriptions";
import {
  aCustomer,
  aPartner,
  aPartnerUser,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
beforeAll(async () => {
  testContext = await openTestContext();
});
afterAll(() => testContext.close());

const loadersFor = (actor: Actor) => makeLoaders(testContext.as(actor)).relationships;
const idsFor = async (actor: Actor, input: ListRelationships = {}) =>
  (await listRelationships(testContext.as(actor), input)).nodes.map(({ id }) => id);

const NOTHING = { rows: [], count: 0 };

describe("what keeps a relationship from being removed", () => {
  it("is told beforehand, and is just what the removal would be refused with", async () => {
    const seller = await aPartner(testContext);
    const [busy, idle] = [await aCustomer(testContext), await aCustomer(testContext)];
    const { id } = await aRelationship(testContext, seller.partner, busy.customer);
    await aRelationship(testContext, seller.partner, idle.customer);
    await aSubscription(testContext, seller, busy.customer);
    const { id: subscriptionId } = await aSubscription(testContext, seller, busy.customer);
    const blockersOf = async () => {
      const { removalBlockers } = loadersFor(seller.actor);
      const found = await Promise.all([busy, idle].map(({ customer }) => removalBlockers(customer.id, {})));
      return found.map(({ rows }) => rows);
    };

    const remove = () => removeRelationship(testContext.as(seller.actor), { relationshipId: id });
    const [refusal] = await refusalsOf(remove());
    expect(refusal.details?.blockers).toHaveLength(2);
    expect(await blockersOf()).toEqual([refusal.details?.blockers, []]);

    await suspendSubscription(testContext.as(seller.actor), { subscriptionId });
    const [after] = await refusalsOf(remove());
    expect(after.details?.blockers).toHaveLength(1);
    expect(await blockersOf()).toEqual([after.details?.blockers, []]);
  });

  it("is told to reseller and provider alike, of many customers with one statement, and to no other partner", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const { customer } = await aCustomer(testContext);
    for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, customer);
    const bought = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
    const outsider = await aPartner(testContext);
    const others = Array.from({ length: 20 }, (_, at) => `${customer.id.slice(0, -2)}${at + 10}`);
    for (const { actor } of [reseller, provider]) {
      const before = testContext.statements.length;
      const { removalBlockers } = loadersFor(actor);
      const [blockers] = await Promise.all([customer.id, ...others].map((id) => removalBlockers(id, {})));
      expect(blockers).toMatchObject({ rows: [{ subscriptionId: bought.id }], count: 1 });
      expect(testContext.statements.length - before).toBe(1);
    }
    expect(await loadersFor(outsider.actor).removalBlockers(customer.id, {})).toEqual(NOTHING);
  });
});

describe("the relationships that one may see", () => {
  it("are a partner's own, oldest first, removed ones too", async () => {
    const [seller, other] = [await aPartner(testContext), await aPartner(testContext)];
    const [first, second] = [await aCustomer(testContext), await aCustomer(testContext)];
    const kept = await aRelationship(testContext, seller.partner, first.customer);
    const removed = await aRelationship(testContext, seller.partner, second.customer);
    const foreign = await aRelationship(testContext, other.partner, first.customer);
    await removeRelationship(testContext.as(seller.actor), { relationshipId: removed.id });
    expect(await idsFor(seller.actor)).toEqual([kept.id, removed.id]);
    expect(await idsFor(seller.actor, { status: RelationshipStatus.REMOVED })).toEqual([removed.id]);
    expect(await idsFor(seller.actor, { customerId: first.customer.id })).toEqual([kept.id]);
    expect(await idsFor(first.actor)).toEqual([kept.id, foreign.id]);
    expect(await idsFor(second.actor)).toEqual([removed.id]);
    expect(await loadersFor(seller.actor).byId.load(foreign.id)).toBeNull();
    const ofFirst = await loadersFor(seller.actor).ofCustomer(first.customer.id, {});
    expect(ofFirst.rows.map(({ id }) => id)).toEqual([kept.id]);
    expect(await loadersFor(seller.actor).ofCustomer(second.customer.id, {})).toEqual(NOTHING);
  });

  it("are also those of a provider or reseller that one works with, to a customer that both have", async () => {
    const { reseller, provider } = await aResellerWithProvider(testContext);
    const [both, alone] = [await aCustomer(testContext), await aCustomer(testContext)];
    const mine = await aRelationship(testContext, reseller.partner, both.customer);
    const theirs = await aRelationship(testContext, provider.partner, both.customer);
    const unshared = await aRelationship(testContext, provider.partner, alone.customer);
    const seenBy = async (actor: Actor) =>
      (await loadersFor(actor).ofCustomer(both.customer.id, {})).rows.map(({ id }) => id).sort();
    expect(await seenBy(reseller.actor)).toEqual([mine.id, theirs.id].sort());
    expect(await seenBy(provider.actor)).toEqual([mine.id, theirs.id].sort());
    expect(await loadersFor(reseller.actor).byId.load(unshared.id)).toBeNull();
    await removeRelationship(testContext.as(reseller.actor), { relationshipId: mine.id });
    expect(await loadersFor(reseller.actor).byId.load(theirs.id)).toBeNull();
  });

  it("are none for an agent who may not see customers", async () => {
    const seller = await aPartner(testContext);
    const { customer } = await aCustomer(testContext);
    const { id } = await aRelationship(testContext, seller.partner, customer);
    for (const role of [AgentRole.SALES_AGENT, AgentRole.HELPDESK_AGENT]) {
      const agent = await aPartnerUser(testContext, seller.partner, { agent: [role] });
      expect(await idsFor(agent)).toEqual([]);
      expect(await loadersFor(agent).byId.load(id)).toBeNull();
    }
  });
});
