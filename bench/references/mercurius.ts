import { readFileSync } from "node:fs";
import { join } from "node:path";
import DataLoader from "dataloader";
import fastify from "fastify";
import mercurius, { type IResolvers } from "mercurius";
import { tellUrl } from "../requests/protocol";
import { endsOf, keyOfOrder } from "./cursor";
import {
  type CustomerPage,
  type CustomerRow,
  grouped,
  readsOf,
  type RelationshipRow,
  type SubscriptionRow,
} from "./reads";
import { openSql } from "./sql";
import { writesOf } from "./writes";

/**
 * Reference (m): Mercurius with its JIT on our SDL, plain functions as resolvers, the hand-written statements in batches.
 * Nobody is asked who they are, nothing is limited or logged; the mutations write every row that ours do.
 */
const sql = openSql();
const reads = readsOf(sql, process.env.BENCH_PARTNER_ID ?? "");
const writes = writesOf(sql);

interface Loaders {
  relationships: DataLoader<string, RelationshipRow[]>;
  subscriptions: DataLoader<string, SubscriptionRow[]>;
}

function makeLoaders(): Loaders {
  const batch =
    <Row extends { customerId: string }>(read: (ids: readonly string[]) => Promise<Row[]>) =>
    async (ids: readonly string[]) => {
      const found = grouped(await read(ids));
      return ids.map((id) => found.get(id) ?? []);
    };
  return {
    relationships: new DataLoader(batch((ids) => reads.relationshipsOf(ids))),
    subscriptions: new DataLoader(batch((ids) => reads.subscriptionsOf(ids))),
  };
}

async function customers(_root: unknown, page: Partial<CustomerPage>) {
  const first = page.first ?? 50;
  const found = await reads.customers({ ...page, first });
  const nodes = found.slice(0, first);
  const pageInfo = {
    hasNextPage: found.length > first,
    hasPreviousPage: Boolean(page.after),
    ...endsOf(nodes, keyOfOrder(page.filter)),
  };
  return { nodes, pageInfo };
}

const resolvers = {
  Query: {
    customer: (_root: unknown, { id }: { id: string }) => reads.customer(id),
    customers,
  },
  Mutation: {
    acceptInvitation: async (_root: unknown, { input }: { input: { token: string } }) => ({
      ...(await writes.accept(input.token)),
      userErrors: [],
    }),
    suspendSubscription: async (_root: unknown, { input }: { input: { subscriptionId: string } }) => ({
      subscription: await writes.suspend(input.subscriptionId),
      userErrors: [],
    }),
  },
  Customer: {
    relationships: ({ id }: CustomerRow, _args: unknown, { loaders }: { loaders: Loaders }) =>
      loaders.relationships.load(id),
    subscriptions: async (
      { id }: CustomerRow,
      { first }: { first?: number },
      { loaders }: { loaders: Loaders },
    ) => ({
      nodes: (await loaders.subscriptions.load(id)).slice(0, first ?? 50),
    }),
  },
  ResellerRelationship: {
    partner: (row: RelationshipRow) => ({
      id: row.partnerId,
      name: row.partnerName,
      programmeRole: row.programmeRole,
      country: row.partnerCountry,
      domain: row.partnerDomain,
    }),
  },
  CustomerSubscription: {
    // The mutation has the switch as a boolean already.
    autoRenewEnabled: (row: { autoRenewEnabled: number | boolean }) => Boolean(row.autoRenewEnabled),
  },
};

async function main(): Promise<void> {
  const app = fastify();
  await app.register(mercurius, {
    schema: readFileSync(join(__dirname, "../../schema/schema.graphql"), "utf8"),
    resolvers: resolvers as unknown as IResolvers,
    jit: 1,
    context: () => ({ loaders: makeLoaders() }),
  });
  tellUrl(await app.listen({ port: 0, host: "127.0.0.1" }));
}

void main();
