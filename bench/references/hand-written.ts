import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { questions } from "../requests/questions";
import { serveReference } from "../requests/protocol";
import { endsOf, keyOfOrder } from "./cursor";
import { type CustomerPage, type CustomerRow, grouped, readsOf, type RelationshipRow } from "./reads";
import { openSql } from "./sql";
import { writesOf } from "./writes";

/**
 * The floor, reference (f): `node:http`, prepared statements and JSON.stringify. It knows the questions by their text,
 * reads no GraphQL, asks nobody who they are, and writes no log line; the mutations write every row that ours do.
 */
const sql = openSql();
const reads = readsOf(sql, process.env.BENCH_PARTNER_ID ?? "");
const writes = writesOf(sql);

const customer = ({
  id,
  companyName,
  domain,
  country,
  contactEmail,
  contactPhone,
  since,
  version,
}: CustomerRow) => ({
  ...{ id, companyName, domain, country, contactEmail, contactPhone, since, version },
});

function pageInfo(found: CustomerRow[], shown: CustomerRow[], { after, filter }: Partial<CustomerPage>) {
  return {
    hasNextPage: found.length > shown.length,
    hasPreviousPage: Boolean(after),
    ...endsOf(shown, keyOfOrder(filter)),
  };
}

function relationship(row: RelationshipRow) {
  const { id, kind, status, establishedAt, version, partnerId, partnerName, programmeRole } = row;
  const { partnerCountry: country, partnerDomain } = row;
  const partner = { id: partnerId, name: partnerName, programmeRole, country, domain: partnerDomain };
  return { id, kind, status, establishedAt, version, partner };
}

async function byId({ id }: { id: string }) {
  const found = await reads.customer(id);
  return {
    customer: found && { ...customer(found), cloud: found.cloud, tenantId: found.tenantId },
  };
}

async function list({ after }: { after?: string }) {
  const found = await reads.customers({ first: 50, after });
  const shown = found.slice(0, 50);
  const ids = shown.map(({ id }) => id);
  const [relationships, subscriptions] = await Promise.all([
    reads.relationshipsOf(ids).then(grouped),
    reads.subscriptionsOf(ids).then(grouped),
  ]);
  const nodes = shown.map((row) => ({
    ...customer(row),
    relationships: (relationships.get(row.id) ?? []).map(relationship),
    subscriptions: {
      nodes: (subscriptions.get(row.id) ?? [])
        .slice(0, 10)
        .map(({ id, offerName, quantity, status, termEndsAt, autoRenewEnabled }) => ({
          ...{ id, offerName, quantity, status, termEndsAt },
          autoRenewEnabled: autoRenewEnabled === 1,
        })),
    },
  }));
  return { customers: { nodes, pageInfo: pageInfo(found, shown, { after }) } };
}

async function search({ filter }: Pick<CustomerPage, "filter">) {
  const found = await reads.customers({ first: 20, filter });
  const shown = found.slice(0, 20);
  return { customers: { nodes: shown.map(customer), pageInfo: pageInfo(found, shown, { filter }) } };
}

async function acceptInvitation({ input }: { input: { token: string } }) {
  return { acceptInvitation: { ...(await writes.accept(input.token)), userErrors: [] } };
}

async function suspendSubscription({ input }: { input: { subscriptionId: string } }) {
  const subscription = await writes.suspend(input.subscriptionId);
  return { suspendSubscription: { subscription, userErrors: [] } };
}

const answers: Record<string, (variables: never) => Promise<object>> = {
  ...{ byId, list, listMiddle: list, listEnd: list, search, acceptInvitation, suspendSubscription },
};
const byDocument = new Map(questions.map(({ document, name }) => [document, answers[name]]));

async function answer(body: string): Promise<string> {
  const { query, variables } = JSON.parse(body) as { query: string; variables: never };
  const handler = byDocument.get(query);
  if (!handler) throw new Error("not one of the questions");
  return JSON.stringify({ data: await handler(variables) });
}

function respond(response: ServerResponse, status: number, text: string): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": length });
  response.end(text);
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    answer(Buffer.concat(chunks).toString()).then(
      (text) => respond(response, 200, text),
      (error: unknown) => respond(response, 500, JSON.stringify({ errors: [{ message: String(error) }] })),
    );
  });
}

serveReference(createServer(serve));
