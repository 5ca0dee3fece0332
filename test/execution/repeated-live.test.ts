import { openStream } from "../live/stream";
import { startTestServer, type TestServer } from "../support/test-server";

/** A live operation is executed for each event. Only the first event once had everything that was selected. */

const QUERY = `subscription ($a: Boolean!, $after: String) { events(after: $after) { ...x @include(if: $a) ...x
  ... on CustomerEvent { customer @skip(if: $a) { ...y @include(if: $a) ...y } } } }
  fragment x on Event { __typename cursor } fragment y on Customer { companyName }`;
const EVENTS = 5;

let server: TestServer;
let cursors: string[];
beforeAll(async () => {
  server = await startTestServer();
  const query = `{ events(first: ${EVENTS + 1}, types: [CUSTOMER_ADDED]) { nodes { cursor } } }`;
  const { data } = await (await server.as("direct-agent")).ask(query);
  cursors = data.events.nodes.map(({ cursor }: { cursor: string }) => cursor);
});
afterAll(() => server.stop());

/** What a listener hears that begins just behind the first of the events, which is in the stream with others. */
const variables = (a: boolean) => ({ a, after: cursors[0] });

interface Heard {
  __typename: string;
  cursor: string;
  customer?: object;
}

function expectWhole(events: Heard[]): void {
  for (const [at, event] of events.entries()) {
    const isCustomers = event.__typename === "CustomerAddedEvent";
    expect({ at, ...event }).toEqual({
      at,
      __typename: expect.any(String),
      cursor: expect.any(String),
      ...(isCustomers && { customer: { companyName: expect.any(String) } }),
    });
  }
  expect(events.some(({ customer }) => customer)).toBe(true);
}

it.each([1, 2])("every event is whole over server-sent events, for listener %i", async () => {
  const token = await server.token("direct-agent");
  const stream = await openStream(server, { token, query: QUERY, variables: variables(false) });
  const heard = await stream.heard(EVENTS);
  stream.hangUp();
  expectWhole(heard.slice(0, EVENTS).map(({ data }) => data?.data.events as Heard));
});

it.each([1, 2])("every event is whole over WebSocket, for listener %i", async () => {
  const listener = await (await server.as("direct-agent")).listen(QUERY, variables(false));
  const heard: Heard[] = [];
  while (heard.length < EVENTS) heard.push((await listener.next()).data.events as Heard);
  listener.stop();
  expectWhole(heard);
});

it("an event that happens while somebody listens is whole too, each time", async () => {
  const { data } = await (
    await server.as("direct-agent")
  ).ask("{ viewer { newestEventCursor } customers(first: 1) { nodes { id } } }");
  const listener = await (
    await server.as("direct-agent")
  ).listen(QUERY, { a: false, after: data.viewer.newestEventCursor as string });
  const [{ id }] = data.customers.nodes as [{ id: string }];
  for (let time = 0; time < 4; time++) {
    const update = `mutation ($id: ID!, $f: String) { updateCustomer(input: { customerId: $id, contactFirstName: $f }) { userErrors { code } } }`;
    await (await server.as("direct-agent")).ask(update, { id, f: `Name ${time}` });
    const { data: event } = await listener.next();
    expect(event.events).toEqual({
      __typename: "CustomerUpdatedEvent",
      cursor: expect.any(String),
      customer: { companyName: expect.any(String) },
    });
  }
  listener.stop();
});
