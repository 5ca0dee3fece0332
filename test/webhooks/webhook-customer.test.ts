import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { ActivityRecord } from "../../entities/activity/activity-record";
import { newId } from "../../src/values/ids";
import { sql } from "../../src/database/sql";
import { eventCursor } from "../../src/events/event-cursor";
import type { EventType } from "../../src/events/event-map";
import { forgetOldEvents } from "../../src/events/forget-old-events";
import {
  createWebhookEndpoint,
  replayWebhook,
  retryWebhookDelivery,
  sendTestWebhook,
  updateWebhookEndpoint,
} from "../../src/webhooks";
import { aCustomer } from "../support/builders";
import { recordFor } from "../support/record-for";
import { refusalsOf } from "../support/refusals";
import { openWebhookTestContext, type WebhookTestContext, type Registered } from "./webhook-test-context";
import { status } from "./receiver";

let webhookContext: WebhookTestContext;
beforeAll(async () => {
  webhookContext = await openWebhookTestContext();
});
afterAll(() => webhookContext.close());
afterEach(() => expect(webhookContext.errors).toEqual([]));

const [ANN, BOB] = [newId(Customer), newId(Customer)];

/** Records an event about a customer, recognisable by its word. */
function tell(
  { organizationId }: Pick<Registered, "organizationId">,
  customerId: string,
  companyName: string,
  type: EventType & ("customer.added" | "customer.updated") = "customer.updated",
): Promise<void> {
  const facts = { customerId, partnerId: organizationId, companyName, domain: "d.example" };
  return webhookContext.testContext.system.transaction((tx) => {
    recordFor(tx, type, facts, [organizationId]);
    return Promise.resolve();
  });
}

/** Records an event that tells of no customer. */
const tellOfNone = ({ organizationId }: Registered) =>
  webhookContext.testContext.system.transaction((tx) => {
    const facts = {
      webhookEndpointId: newId(WebhookEndpoint),
      host: "h",
      description: "",
      reason: "GONE",
    } as const;
    tx.record("webhook.disabled", facts, organizationId);
    return Promise.resolve();
  });

describe("an endpoint for one customer", () => {
  it("gets that customer's events and no others, and its position moves past those", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    expect(one.endpoint).toMatchObject({ customerId: ANN, eventTypes: [] });
    const worker = webhookContext.worker();
    await tell(one, BOB, "bob 1");
    await tell(one, ANN, "ann 1");
    await tellOfNone(one);
    await tell(one, ANN, "ann 2", "customer.added");
    await worker.catchUp();
    await tell(one, BOB, "bob 2");
    await worker.catchUp();
    expect(one.receiver.words()).toEqual(["ann 1", "ann 2"]);
    expect(one.receiver.got.map(({ event }) => event.position)).toEqual([2, 4]);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ deliveredPosition: 5, version: 1 });
    expect((await webhookContext.log(one.endpoint.id)).map(({ position }) => position)).toEqual([2, 4]);
  });

  it("and for some types gets what is both", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN, eventTypes: ["customer.added"] });
    await tell(one, ANN, "ann changed");
    await tell(one, BOB, "bob added", "customer.added");
    await tell(one, ANN, "ann added", "customer.added");
    await tell(one, ANN, "ann changed again");
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual(["ann added"]);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ deliveredPosition: 4 });
  });

  it("is not stopped by any number of events about others", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    const facts = { customerId: BOB, partnerId: one.organizationId, companyName: "bob", domain: "d.example" };
    await webhookContext.testContext.system.transaction((tx) => {
      for (let n = 0; n < 450; n++) tx.record("customer.updated", facts);
      return Promise.resolve();
    });
    await tell(one, ANN, "ann");
    await webhookContext.worker().catchUp();
    expect(one.receiver.words()).toEqual(["ann"]);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({ deliveredPosition: 451 });
  });

  it("that no event of the organization speaks of gets nothing, be it another organization's or nobody's", async () => {
    const other = await webhookContext.endpoint();
    const { customer } = await aCustomer(webhookContext.testContext);
    await tell(other, customer.id, "of the other one");
    for (const customerId of [customer.id, newId(Customer)]) {
      const one = await webhookContext.endpoint({ customerId });
      await tell(one, ANN, "ann");
      await webhookContext.worker().catchUp();
      expect(one.receiver.got).toEqual([]);
      expect(await webhookContext.row(one.endpoint.id)).toMatchObject({
        status: "ACTIVE",
        deliveredPosition: 1,
      });
    }
    expect(other.receiver.words()).toEqual(["of the other one"]);
  });

  it("gets its tests, and its events again by a replay and a repetition", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    const ctx = webhookContext.testContext.as(one.owner.actor);
    const endpointId = one.endpoint.id;
    const worker = webhookContext.worker();
    for (const [customerId, word] of [
      [ANN, "ann 1"],
      [BOB, "bob"],
      [ANN, "ann 2"],
    ] as const)
      await tell(one, customerId, word);
    await worker.catchUp();
    await replayWebhook(ctx, { endpointId, after: eventCursor(one.organizationId, 0) });
    await worker.catchUp();
    const [first] = await webhookContext.log(endpointId);
    await retryWebhookDelivery(ctx, { deliveryId: first.id });
    await sendTestWebhook(ctx, { endpointId });
    await worker.catchUp();
    expect(one.receiver.words()).toEqual(["ann 1", "ann 2", "ann 1", "ann 2", "ann 1", undefined]);
    expect(one.receiver.got.at(-1)?.event.type).toBe("webhook.test");
  });

  it("is stopped at events that are no longer kept: one of them may have been that customer's", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    await tell(one, BOB, "missed");
    webhookContext.wait(31 * 86_400_000);
    await forgetOldEvents(webhookContext.testContext.system, 30);
    await tell(one, ANN, "kept");
    await webhookContext.worker().catchUp();
    expect(one.receiver.got).toEqual([]);
    expect(await webhookContext.row(one.endpoint.id)).toMatchObject({
      ...{ status: "DISABLED", disabledReason: "EVENTS_FORGOTTEN", deliveredPosition: 0, customerId: ANN },
    });
  });
});

describe("changing an endpoint", () => {
  it("to another customer, or to every one, holds for what was not delivered yet; what is absent is left alone", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    const ctx = webhookContext.testContext.as(one.owner.actor);
    const change = async (input: object) =>
      (await updateWebhookEndpoint(ctx, { endpointId: one.endpoint.id, ...input })).endpoint;
    const worker = webhookContext.worker();
    const round = async (word: string) => {
      await tell(one, ANN, `ann ${word}`);
      await tell(one, BOB, `bob ${word}`);
      await worker.catchUp();
    };
    await round("1");
    expect(await change({ description: "CRM" })).toMatchObject({ customerId: ANN, version: 2 });
    await round("2");
    expect(await change({ customerId: BOB })).toMatchObject({
      customerId: BOB,
      description: "CRM",
      version: 3,
    });
    await round("3");
    expect(await change({ eventTypes: ["customer.updated"] })).toMatchObject({ customerId: BOB });
    expect(await change({ customerId: null })).toMatchObject({
      ...{ customerId: null, eventTypes: ["customer.updated"] },
    });
    await round("4");
    expect(one.receiver.words()).toEqual(["ann 1", "ann 2", "bob 3", "ann 4", "bob 4"]);
  });

  it("to another customer while an event is being tried drops that event, and the next wanted one begins anew", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    one.receiver.answer(status(500));
    const worker = webhookContext.worker();
    await tell(one, ANN, "ann");
    await tell(one, BOB, "bob");
    await worker.catchUp();
    await updateWebhookEndpoint(webhookContext.testContext.as(one.owner.actor), {
      ...{ endpointId: one.endpoint.id, customerId: BOB },
    });
    one.receiver.answer(status(204));
    webhookContext.wait(5_000);
    await worker.catchUp();
    expect(one.receiver.words()).toEqual(["ann", "bob"]);
    expect((await webhookContext.log(one.endpoint.id)).map(({ attempt }) => attempt)).toEqual([1, 1]);
  });

  it("is in the activity log with both customers", async () => {
    const one = await webhookContext.endpoint({ customerId: ANN });
    await updateWebhookEndpoint(webhookContext.testContext.as(one.owner.actor), {
      ...{ endpointId: one.endpoint.id, customerId: BOB },
    });
    const records = await webhookContext.testContext.database.read((reads) =>
      reads.all(
        ActivityRecord,
        sql`FROM activity_record WHERE resourceId = ${one.endpoint.id} ORDER BY sequence`,
      ),
    );
    expect(records).toMatchObject([
      { operation: "createWebhookEndpoint", newValues: { customerId: ANN } },
      {
        ...{ operation: "updateWebhookEndpoint", oldValues: { customerId: ANN } },
        ...{ newValues: { customerId: BOB }, customerId: null },
      },
    ]);
  });
});

test("what is no id of a customer is refused when an endpoint is registered, and when it is changed", async () => {
  const { endpoint, owner, receiver } = await webhookContext.endpoint();
  const ctx = webhookContext.testContext.as(owner.actor);
  for (const customerId of ["", "cust", newId(Partner), `${ANN} `, ANN.toUpperCase()]) {
    const endpointsUnderTest = [
      createWebhookEndpoint(ctx, { url: receiver.url, customerId }),
      updateWebhookEndpoint(ctx, { endpointId: endpoint.id, customerId }),
    ];
    for (const door of endpointsUnderTest)
      expect(await refusalsOf(door)).toMatchObject([
        { code: "ID_MALFORMED", kind: "INVALID", field: "customerId" },
      ]);
  }
  expect(await webhookContext.row(endpoint.id)).toMatchObject({ customerId: null, version: 1 });
});
