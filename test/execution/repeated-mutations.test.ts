import { randomBytes } from "node:crypto";
import { startTestServer, type TestServer } from "../support/test-server";
import { type RepeatedRequests, requestsOf } from "./repeated-requests";

/** Mutations whose repeats once did something else than the first one. */

const TIMES = 5;

let server: TestServer;
let requests: RepeatedRequests;
beforeAll(async () => {
  server = await startTestServer({
    WEBHOOKS_ALLOW_INSECURE: "on",
    SECRETS_KEY: randomBytes(32).toString("base64"),
  });
  requests = await requestsOf(server, "direct-agent");
});
afterAll(() => server.stop());

async function aCustomerId(at: number): Promise<string> {
  const { data } = await requests.send({ query: "{ customers(first: 5) { nodes { id } } }" });
  return data.customers.nodes[at].id as string;
}

async function times(work: (time: number) => Promise<void>): Promise<void> {
  for (let time = 1; time <= TIMES; time++) await work(time);
}

describe("a variable that is left out of an input object", () => {
  /** Each test has a text of its own, which is new to the server at its first call. */
  const updateFor = (test: string) => `mutation ($id: ID!, $f: String, $p: String, $k: String) {
    updateCustomer(input: { customerId: $id, contactFirstName: $f, contactPhone: $p, idempotencyKey: $k }) {
      customer { contactFirstName contactPhone version } userErrors { code } } } # ${test}`;
  const phone = "+12025550123";

  it("leaves the customer's phone alone", async () => {
    const query = updateFor("leaves the customer's phone al");
    const id = await aCustomerId(0);
    await requests.sendAsNew({ query, variables: { id, p: phone } });
    await times(async (time) => {
      const variables = { id, f: `Name ${time}` };
      const { data } = await requests.send({ query, variables });
      expect({ time, ...data.updateCustomer }).toMatchObject({
        time,
        customer: { contactFirstName: `Name ${time}`, contactPhone: phone },
        userErrors: [],
      });
    });
  });

  it("is still told from null, which empties the field, in between", async () => {
    const query = updateFor("is still told from null");
    const id = await aCustomerId(1);
    await times(async () => {
      const set = await requests.send({ query, variables: { id, p: phone } });
      expect(set.data.updateCustomer.customer.contactPhone).toBe(phone);
      const left = await requests.send({ query, variables: { id, f: "Ada" } });
      expect(left.data.updateCustomer.customer.contactPhone).toBe(phone);
      const emptied = await requests.send({ query, variables: { id, p: null } });
      expect(emptied.data.updateCustomer.customer.contactPhone).toBeNull();
    });
  });

  it("makes the same call for an idempotency key each time", async () => {
    const query = updateFor("makes the same call for an ide");
    const id = await aCustomerId(2);
    const first = await requests.send({ query, variables: { id, f: "Grace", k: "the-key" } });
    expect(first.data.updateCustomer.userErrors).toEqual([]);
    await times(async (time) => {
      const { text } = await requests.send({ query, variables: { id, f: "Grace", k: "the-key" } });
      expect({ time, text }).toEqual({ time, text: first.text });
    });
  });

  it("leaves a webhook endpoint's customer and event types alone", async () => {
    const customerId = await aCustomerId(3);
    const created = await requests.send({
      query: `mutation ($c: ID!) { createWebhookEndpoint(input: { url: "http://127.0.0.1:9/", customerId: $c,
        eventTypes: [CUSTOMER_UPDATED] }) { endpoint { id } userErrors { code message } } }`,
      variables: { c: customerId },
    });
    const { id } = created.data.createWebhookEndpoint.endpoint;
    const query = `mutation ($id: ID!, $d: String, $c: ID, $t: [EventType!]) {
      updateWebhookEndpoint(input: { endpointId: $id, description: $d, customerId: $c, eventTypes: $t }) {
        endpoint { description customerId eventTypes } userErrors { code } } }`;
    await times(async (time) => {
      const { data } = await requests.send({ query, variables: { id, d: `Text ${time}` } });
      expect({ time, ...data.updateWebhookEndpoint.endpoint }).toEqual({
        time,
        description: `Text ${time}`,
        customerId,
        eventTypes: ["CUSTOMER_UPDATED"],
      });
    });
  });
});

describe("a fragment of a mutation", () => {
  it("that is spread again without its condition is executed each time, and once", async () => {
    const id = await aCustomerId(4);
    const query = `mutation ($s: Boolean!, $id: ID!, $f: String) { ...M @include(if: $s) ...M }
      fragment M on Mutation { updateCustomer(input: { customerId: $id, contactLastName: $f }) {
        customer { contactLastName version } userErrors { ...E @include(if: $s) ...E } } }
      fragment E on UserError { code }`;
    let version: number | undefined;
    await times(async (time) => {
      const variables = { s: time % 2 === 0, id, f: `Name ${time}` };
      const { data } = await requests.send({ query, variables });
      expect({ time, ...data.updateCustomer }).toMatchObject({
        time,
        customer: { contactLastName: `Name ${time}` },
      });
      if (version !== undefined) expect(data.updateCustomer.customer.version).toBe(version + 1);
      version = data.updateCustomer.customer.version as number;
    });
  });
});
