import { testContextOf, callerFor } from "../api/at-the-endpoint";
import {
  aCustomer,
  anInvitation,
  anOffer,
  aPartner,
  aRelationship,
  aSubscription,
} from "../support/builders";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { type Listener, startTestServer, type TestServer } from "../support/test-server";

let database: TestDatabase;
let nodes: TestServer[];
const DUE_ROWS_OFTEN = { endSubscriptionTerms: 100, expireInvitations: 100 };
beforeAll(async () => {
  database = await makeTestDatabase({ migrated: true });
  nodes = [
    await startTestServer({}, database, { jobIntervals: DUE_ROWS_OFTEN }),
    await startTestServer({}, database, { jobIntervals: DUE_ROWS_OFTEN }),
  ];
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  await database.drop();
});

const EVENTS = `subscription { events { __typename position type actorId
  ... on SubscriptionEvent { termEndsAt status } ... on InvitationEvent { invitationId } } }`;

async function heard(listener: Listener, many: number) {
  const events: { type: string; position: number; actorId: string; termEndsAt?: string }[] = [];
  while (events.length < many) events.push((await listener.next()).data.events);
  return events;
}

it("what time brings happens by itself, once on two nodes, and is heard at both; the next question sees it", async () => {
  const testContext = testContextOf(nodes[0]);
  const seller = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, seller.partner, customer);
  const { id: offerId } = await anOffer(testContext, { termDuration: "P1M" });
  const { id } = await aSubscription(testContext, seller, customer, { offerId });
  await anInvitation(testContext, seller, { expiresInDays: 35 });
  const callers = await Promise.all(nodes.map((node) => callerFor(node, seller.actor)));
  const listeners = await Promise.all(callers.map((caller) => caller.listen(EVENTS)));

  const twoMonthsOn = new Date(Date.now() + 65 * 86_400_000).toISOString();
  for (const node of nodes) node.setClock(twoMonthsOn);

  const [one, other] = await Promise.all(listeners.map((listener) => heard(listener, 3)));
  expect(one).toEqual(other);
  expect(one.map(({ type }) => type).sort()).toEqual([
    "INVITATION_EXPIRED",
    "SUBSCRIPTION_RENEWED",
    "SUBSCRIPTION_RENEWED",
  ]);
  expect(one.map(({ position }) => position - (one[0]?.position ?? 0))).toEqual([0, 1, 2]);
  expect(new Set(one.map(({ actorId }) => actorId))).toEqual(new Set(["system"]));
  for (const node of nodes) node.setClock();

  const answer = await callers[1].ask(
    `query ($id: ID!) { node(id: $id) { ... on CustomerSubscription {
      status termEndsAt version cancellationAllowedUntil
      refundableQuantity { totalQuantity details { quantity allowedUntil } }
      actions { action allowed code reason } } } }`,
    { id },
  );
  const terms = one.map(({ termEndsAt }) => termEndsAt).filter(Boolean);
  const { node } = answer.data;
  expect(node).toMatchObject({ status: "ACTIVE", termEndsAt: terms.at(-1), version: 3 });
  expect(node.refundableQuantity.details).toEqual([
    { quantity: 5, allowedUntil: node.cancellationAllowedUntil },
  ]);
  expect(node.actions.map(({ action }: { action: string }) => action)).toEqual([
    "CHANGE",
    "SUSPEND",
    "REACTIVATE",
    "CANCEL",
  ]);
  expect(listeners.map(({ waiting }) => waiting)).toEqual([0, 0]);
  for (const listener of listeners) listener.stop();
});
