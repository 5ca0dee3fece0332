import { randomBytes } from "node:crypto";
import { startTestServer, type TestServer } from "../support/test-server";
import { type RepeatedRequests, requestsOf } from "./repeated-requests";
import { FIXED_MS, SampleData } from "./sample-data";

/** A server with the demo and more in it, whose limits let random operations pass. */
export interface EndpointServer {
  server: TestServer;
  /** What the operations may name. The same seed names corresponding rows on two servers. */
  data: SampleData;
  /** The requests of a person of the demo. */
  as(person: string): Promise<RepeatedRequests>;
}

/** The people who send operations. Each sees other rows, and one sees none. */
export const PEOPLE = [
  "direct-agent",
  "direct-admin",
  "customer-admin-1",
  "provider-agent",
  "newcomer-admin",
];

const LIMITS = {
  LIMIT_DEPTH: "100",
  LIMIT_ALIASES: "1000",
  LIMIT_FIELDS: "100000",
  LIMIT_SAME_FIELD: "1000",
  LIMIT_DIRECTIVES: "1000",
  LIMIT_TOKENS: "4000",
  LIMIT_TEXT: "100000",
  LIMIT_VALUES: "100000",
  LIMIT_COST: "1000000",
  LIMIT_BUDGET: "100000000",
};

/** The present, as a time that is told from others by its milliseconds. */
export function fixedNow(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, FIXED_MS);
}

/** Starts a server for random operations on the database under test, whose business clock stands still. */
export async function startEndpointServer(now = fixedNow()): Promise<EndpointServer> {
  const SECRETS_KEY = randomBytes(32).toString("base64");
  const server = await startTestServer({ ...LIMITS, WEBHOOKS_ALLOW_INSECURE: "on", SECRETS_KEY });
  server.setClock(now);
  const people = new Map<string, Promise<RepeatedRequests>>();
  const as = (person: string) => {
    const known = people.get(person) ?? requestsOf(server, person);
    people.set(person, known);
    return known;
  };
  const data = new SampleData();
  for (const [person, query] of SETUP) data.learn((await (await as(person)).send({ query })).text);
  return { server, data, as };
}

const NODES = "nodes { id }";
const INVITE = (email: string) =>
  `mutation { inviteCustomer(input: { recipientEmail: "${email}" }) { invitation { id } link } }`;

/** What is read and made first, in an order that is the same on each server. */
const SETUP: readonly (readonly [string, string])[] = [
  [
    "direct-agent",
    `{ viewer { partner { id } user { id } } customers(orderBy: { field: COMPANY_NAME }) { nodes { id
       subscriptions { nodes { id } } relationships { id } } } offers { ${NODES} } }`,
  ],
  ["direct-admin", `{ users { ${NODES} } }`],
  ["provider-agent", `{ viewer { partner { id } } customers { nodes { id subscriptions { ${NODES} } } } }`],
  ...[1, 2, 3].map((at) => ["direct-agent", INVITE(`invited${at}@customer.example`)] as const),
  ...[1, 2].map(
    (at) =>
      [
        "direct-admin",
        `mutation { createApiKey(input: { name: "Key ${at}", permissions: ["customer.read"] }) { apiKey { id } userErrors { code message } } }`,
      ] as const,
  ),
  ...[1, 2].map(
    (at) =>
      [
        "direct-agent",
        `mutation { createWebhookEndpoint(input: { url: "http://127.0.0.1:9/${at}" }) { endpoint { id } userErrors { code message } } }`,
      ] as const,
  ),
];
