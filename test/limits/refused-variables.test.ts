import { startTestServer, type TestServer } from "../support/test-server";
import { askOverHttp, bodyOf, type CostedAnswer, openAsker } from "./endpoints";

let server: TestServer;
let token: string;
let socket: Awaited<ReturnType<typeof openAsker>>;
beforeAll(async () => {
  server = await startTestServer();
  token = await server.token("direct-agent");
  socket = await openAsker(server, token);
});
afterAll(async () => {
  socket.raw.socket.close();
  await server.stop();
});

/** Costs 251 points with two pages of 500. */
const EXPENSIVE = `query ($first: Int, $name: String) {
  customers(first: $first, filter: { companyNameStartsWith: $name }) { nodes { id } }
  all: customers(first: 500) { nodes { id } }
}`;
const costOf = ({ extensions }: CostedAnswer) => extensions?.cost?.requested;
const overHttp = async (query: string, variables: object) =>
  bodyOf(await askOverHttp(server, query, { token, variables }));

it("an operation whose variables are of a wrong type is charged for looking at them, not for what it would have read", async () => {
  // The first time Apollo answers, from then on the server itself.
  for (let time = 0; time < 3; time++) {
    const answer = await overHttp(EXPENSIVE, { first: "many" });
    expect(answer.errors?.[0]?.message).toContain('Variable "$first" got an invalid value');
    expect(costOf(answer)).toBe(1);
  }
  const good = await overHttp(EXPENSIVE, { first: 500 });
  expect({ errors: good.errors, cost: costOf(good) }).toEqual({ errors: undefined, cost: 251 });
});

it("what is charged for refused variables grows with their length", async () => {
  const answer = await overHttp(EXPENSIVE, { first: "many", name: "x".repeat(5_000) });
  expect(answer.errors?.[0]?.message).toContain('Variable "$first" got an invalid value');
  expect(costOf(answer)).toBe(6);
});

it("the budget pays for what was done, also over a WebSocket", async () => {
  const left = async () =>
    (await socket.ask("{ viewer { kind } }")).extensions?.cost?.budget?.remaining ?? NaN;
  const before = await left();
  const { errors } = await socket.ask(EXPENSIVE, { first: "many" });
  expect(errors?.[0]?.message).toContain('Variable "$first" got an invalid value');
  // Reading the document was charged too, where it was not known; the look at the budget is one point.
  const after = await left();
  expect(before - after).toBeLessThan(30);
});

it("a mutation that the caller may not use writes nothing into the activity log, and costs nothing for it, where its variables are refused", async () => {
  const forbidden =
    "mutation ($id: ID!) { removeRelationship(input: { relationshipId: $id }) { userErrors { code } } }";
  const reader = await server.token("direct-helpdesk");
  const ask = async (variables: object) =>
    bodyOf(await askOverHttp(server, forbidden, { token: reader, variables }));
  for (let time = 0; time < 2; time++) {
    const answer = await ask({ id: null });
    expect(answer.errors?.[0]?.message).toContain("must not be null");
    expect(costOf(answer)).toBe(1);
  }
});
