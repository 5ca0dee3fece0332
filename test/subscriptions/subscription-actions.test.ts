import type { Actor } from "../../src/access/actor";
import { removeRelationship } from "../../src/relationships";
import {
  actionsOf,
  cancelSubscription,
  changeSubscription,
  reactivateSubscription,
  suspendSubscription,
} from "../../src/subscriptions";
import { makeSubscriptionLoaders } from "../../src/subscriptions/subscription.loader";
import {
  aCustomer,
  aPartner,
  aRelationship,
  aResellerWithProvider,
  aSubscription,
} from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { refusalsOf } from "../support/refusals";

let testContext: TestContext;
const NOON = "2026-03-01T12:00:00.000Z";
beforeAll(async () => {
  testContext = await openTestContext();
});
beforeEach(() => {
  testContext.clock.now = NOON;
});
afterAll(() => testContext.close());

/** What a caller is told that it can do: `ok`, or the code. */
async function toldTo(actor: Actor, subscriptionId: string): Promise<Record<string, string>> {
  const ctx = testContext.as(actor);
  const { byId, activeSellers } = makeSubscriptionLoaders(ctx);
  const row = await byId.load(subscriptionId);
  if (!row) throw new Error(`${subscriptionId} is not seen`);
  const actions = await actionsOf(ctx, row, () => activeSellers.load(row.customerId));
  for (const { allowed, code, reason } of actions)
    expect([code === null, reason === null]).toEqual([allowed, allowed]);
  return Object.fromEntries(actions.map(({ action, code }) => [action, code ?? "ok"]));
}

async function bought() {
  const seller = await aPartner(testContext);
  const { customer, actor: customerAdmin } = await aCustomer(testContext);
  const relationship = await aRelationship(testContext, seller.partner, customer);
  const { id: subscriptionId } = await aSubscription(testContext, seller, customer);
  return { seller, customerAdmin, relationship, subscriptionId, ctx: testContext.as(seller.actor) };
}

const ALL = ["CHANGE", "SUSPEND", "REACTIVATE", "CANCEL"];
const [notActive, notSuspended] = ["SUBSCRIPTION_NOT_ACTIVE", "SUBSCRIPTION_NOT_SUSPENDED"];

it("a subscription tells what can be done with it, state by state, just as the mutations answer", async () => {
  const states: [string, (one: Awaited<ReturnType<typeof bought>>) => Promise<unknown>, string[]][] = [
    ["new", () => Promise.resolve(), ["ok", "ok", notSuspended, "ok"]],
    [
      "a week old",
      () => Promise.resolve((testContext.clock.now = "2026-03-09T12:00:00.000Z")),
      ["ok", "ok", notSuspended, "CANCELLATION_PERIOD_OVER"],
    ],
    [
      "over",
      () => Promise.resolve((testContext.clock.now = "2027-03-01T00:00:00.000Z")),
      ["SUBSCRIPTION_TERM_ENDED", "SUBSCRIPTION_TERM_ENDED", notSuspended, "SUBSCRIPTION_TERM_ENDED"],
    ],
    [
      "suspended",
      ({ ctx, subscriptionId }) => suspendSubscription(ctx, { subscriptionId }),
      [notActive, notActive, "ok", "ok"],
    ],
    [
      "suspended, without the relationship",
      async ({ ctx, subscriptionId, relationship }) => {
        await suspendSubscription(ctx, { subscriptionId });
        await removeRelationship(ctx, { relationshipId: relationship.id });
      },
      [notActive, notActive, "SUBSCRIPTION_CUSTOMER_NOT_FOUND", "SUBSCRIPTION_CUSTOMER_NOT_FOUND"],
    ],
    [
      "cancelled",
      ({ ctx, subscriptionId }) => cancelSubscription(ctx, { subscriptionId }),
      [notActive, notActive, notSuspended, notActive],
    ],
  ];
  for (const [state, reach, expected] of states) {
    const mutations = [changeSubscription, suspendSubscription, reactivateSubscription, cancelSubscription];
    for (const [at, mutate] of mutations.entries()) {
      testContext.clock.now = NOON;
      const one = await bought();
      await reach(one);
      const told = await toldTo(one.seller.actor, one.subscriptionId);
      expect([state, Object.keys(told), Object.values(told)]).toEqual([state, ALL, expected]);
      const done = mutate(one.ctx, { subscriptionId: one.subscriptionId, friendlyName: "New name" });
      const answer = expected[at] === "ok" ? (await done, "ok") : (await refusalsOf(done))[0]?.code;
      expect([state, ALL[at], answer]).toEqual([state, ALL[at], expected[at]]);
    }
  }
});

it("a caller who may not is told so: the customer, who pays the partner, and a reseller, who never buys", async () => {
  const { customerAdmin, subscriptionId } = await bought();
  expect(Object.values(await toldTo(customerAdmin, subscriptionId))).toEqual(Array(4).fill("FORBIDDEN"));

  const { reseller, provider } = await aResellerWithProvider(testContext);
  const { customer } = await aCustomer(testContext);
  for (const { partner } of [reseller, provider]) await aRelationship(testContext, partner, customer);
  const sold = await aSubscription(testContext, provider, customer, { resellerId: reseller.partner.id });
  expect(Object.values(await toldTo(provider.actor, sold.id))).toEqual(["ok", "ok", notSuspended, "ok"]);
  expect(Object.values(await toldTo(reseller.actor, sold.id))).toEqual([
    "FORBIDDEN",
    "ok",
    notSuspended,
    "FORBIDDEN",
  ]);
});

it("whose relationships hold is asked with one statement for many customers, and only for what is suspended", async () => {
  const seller = await aPartner(testContext);
  const ctx = testContext.as(seller.actor);
  const ids: string[] = [];
  for (let at = 0; at < 4; at++) {
    const { customer } = await aCustomer(testContext);
    await aRelationship(testContext, seller.partner, customer);
    ids.push((await aSubscription(testContext, seller, customer)).id);
  }
  const costOf = async () => {
    const { byId, activeSellers } = makeSubscriptionLoaders(ctx);
    const rows = await Promise.all(ids.map((id) => byId.load(id)));
    const before = testContext.statements.length;
    await Promise.all(
      rows.map(async (row) => row && actionsOf(ctx, row, () => activeSellers.load(row.customerId))),
    );
    return testContext.statements.length - before;
  };
  expect(await costOf()).toBe(0);
  for (const subscriptionId of ids) await suspendSubscription(ctx, { subscriptionId });
  expect(await costOf()).toBe(1);
});
