import { newId } from "../../src/values/ids";
import { type IdKind, idPrefixes } from "../support/id-kinds";
import { askOverHttp } from "./endpoints";
import { startTestServer, type TestServer } from "../support/test-server";
import { variablesFor, type ValueKind } from "../isolation/id-parameters";
import { superlinear } from "./cpu-growth";
import {
  allTextPositions,
  documentWithLiterals,
  isOfRootField,
  positionName,
  takesText,
  type TextPosition,
  withText,
} from "./text-positions";

/** Far beyond every rule, so that work before the rule would show: limits that come first would hide it. */
const UNLIMITED = {
  LIMIT_TEXT: "262144",
  LIMIT_COST: "1000000",
  LIMIT_ALIASES: "1000",
  LIMIT_FIELDS: "100000",
  LIMIT_DEPTH: "100",
  LIMIT_SAME_FIELD: "1000",
  LIMIT_TOKENS: "4000",
  LIMIT_BUDGET: "100000000",
  WEBHOOKS_ALLOW_INSECURE: "on",
};

const LENGTH = 50_000;

/** What stops a test that has found enough. */
const MAX_FINDINGS = 2;

/**
 * What texts are made of: letters, what an expression for the end of a text looks for, marks that NFC sorts, what graphql-js
 * writes into its messages, parts of names, numbers and addresses. They end otherwise than they go on.
 */
const UNITS = [' Did you mean "a; ', "=", "\u0315\u0300\u05ae", "a", "1.@-", "\n "];

const PEOPLE = ["direct-admin", "direct-agent", "customer-admin-1", "newcomer-admin"];

let server: TestServer;
let tokens: { token: string; permissions: string[] }[];
let ids: Partial<Record<ValueKind, string>>;
beforeAll(async () => {
  server = await startTestServer(UNLIMITED);
  tokens = await Promise.all(
    PEOPLE.map(async (person) => {
      const viewer = await (await server.as(person)).ask("{ viewer { permissions } }");
      return { token: await server.token(person), permissions: viewer.data.viewer.permissions as string[] };
    }),
  );
  ids = await ownIds();
});
afterAll(() => server.stop());

/** Rows of the partner's own, so that what is asked gets as far as it can. */
async function ownIds(): Promise<typeof ids> {
  const admin = await server.as("direct-admin");
  const made = await admin.ask(`mutation {
    createWebhookEndpoint(input: { url: "http://127.0.0.1:9/" }) { endpoint { id } }
    createApiKey(input: { name: "a", permissions: ["customer.read"] }) { apiKey { id } }
    createUser(input: { email: "a@b.example", displayName: "a" }) { user { id } }
  }`);
  const agent = await server.as("direct-agent");
  const invited = await agent.ask(
    "mutation { inviteCustomer(input: { reusable: true }) { link invitation { id } } }",
  );
  const { link, invitation } = invited.data.inviteCustomer;
  const { data } = await agent.ask(`{
    customers(first: 1) { nodes { id relationships { id } } } offers(first: 1) { nodes { id } }
    subscriptions(first: 1) { nodes { id } }
  }`);
  const [customer] = data.customers.nodes;
  return {
    customer: customer.id,
    relationship: customer.relationships[0].id,
    offer: data.offers.nodes[0].id,
    subscription: data.subscriptions.nodes[0].id,
    invitation: invitation.id,
    token: link.slice(link.indexOf("#") + 1),
    webhookEndpoint: made.data.createWebhookEndpoint.endpoint.id,
    apiKey: made.data.createApiKey.apiKey.id,
    user: made.data.createUser.user.id,
  };
}

function variablesAt({ field }: TextPosition): Record<string, unknown> {
  return variablesFor(field, "full", ([kind = "customer"]) => {
    const known = ids[kind];
    return (
      known ??
      (kind in idPrefixes ? newId({ ids: { prefix: idPrefixes[kind as IdKind], noun: kind } }) : "none")
    );
  });
}

function tokenFor({ field: { permission } }: TextPosition): string {
  const found = tokens.find(({ permissions }) => permissions.includes(permission)) ?? tokens[0];
  return found.token;
}

const textOf = (unit: string, length: number) => `${unit.repeat(length / unit.length)}!`;

/** What is asked at a position with a text; a live field is asked over server-sent events. */
async function ask(position: TextPosition, query: string, variables: object): Promise<void> {
  const token = tokenFor(position);
  if (position.field.operation !== "subscription")
    return void (await askOverHttp(server, query, { token, variables }));
  const response = await fetch(`${server.url}/graphql/stream`, {
    method: "POST",
    headers: {
      accept: "text/event-stream",
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
}

async function findingsOf(
  cases: { name: string; work: (length: number) => Promise<unknown> }[],
): Promise<string[]> {
  const findings: string[] = [];
  for (const { name, work } of cases) {
    const growth = await superlinear(work, LENGTH);
    if (growth) findings.push(`${name}: ${growth}`);
    if (findings.length >= MAX_FINDINGS) break;
  }
  return findings;
}

it("the schema has the positions that texts are sent to", () => {
  expect(allTextPositions.length).toBeGreaterThan(150);
  expect(allTextPositions.map(positionName)).toEqual(
    expect.arrayContaining([
      "query customers(first)",
      "mutation createWebhookEndpoint(input.secret)",
      "mutation createCustomer(input.companyName)",
      "subscription events(after)",
    ]),
  );
});

it.each(UNITS)(
  "a long text of %j takes time that grows with its length only, wherever it is sent as a variable",
  async (unit) => {
    // What is no text is refused by its type, alike at every position.
    const positions = unit === UNITS[0] ? allTextPositions : allTextPositions.filter(takesText);
    const cases = positions.map((position) => {
      const variables = variablesAt(position);
      const document = isOfRootField(position) ? position.field.brief : position.field.document;
      const work = (length: number) =>
        ask(position, document, withText(variables, position, textOf(unit, length)));
      return { name: positionName(position), work };
    });
    expect(await findingsOf(cases)).toEqual([]);
  },
);

it("and wherever it is written into the document", async () => {
  const cases = allTextPositions.filter(isOfRootField).map((position) => {
    const variables = variablesAt(position);
    const work = (length: number) => {
      const text = textOf('a"; ', length);
      const sent = withText(variables, position, text) as Record<string, unknown>;
      return ask(position, documentWithLiterals(position.field, sent, text), {});
    };
    return { name: positionName(position), work };
  });
  expect(await findingsOf(cases)).toEqual([]);
});
