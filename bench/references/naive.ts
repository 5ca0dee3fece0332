import "reflect-metadata";
import { createServer } from "node:http";
import { join } from "node:path";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";
import { buildSchemaSync } from "type-graphql";
import { makeDataSources } from "../../src/database/data-sources";
import { POOL_SIZE } from "../environment";
import { serveReference } from "../requests/protocol";
import { makeNaiveContext, type NaiveContext } from "./naive-context";
import { NaiveCustomerResolver, NaiveMutations, NaiveRelationshipResolver } from "./naive-resolvers";

/**
 * Reference (a): the stack as most people put it together. Apollo Server with its defaults on Express, TypeGraphQL with our
 * types and entities, repository calls in the resolvers, DataLoader against N + 1. Nobody is asked who they are, nothing is
 * limited or logged; the mutations write every row that ours do.
 */
async function main(): Promise<void> {
  const { DATABASE_URL: url, DATA_DIR = "", BENCH_PARTNER_ID = "" } = process.env;
  const { writer: source } = makeDataSources(
    url
      ? { family: "mysql", url, flavour: "mariadb", poolSize: POOL_SIZE }
      : { family: "sqlite", file: join(DATA_DIR, "partnergraph.sqlite") },
  );
  await source.initialize();
  const schema = buildSchemaSync({
    resolvers: [NaiveCustomerResolver, NaiveRelationshipResolver, NaiveMutations],
    validate: false,
  });
  const apollo = new ApolloServer<NaiveContext>({ schema });
  await apollo.start();
  const app = express();
  const context = async () => makeNaiveContext(source, BENCH_PARTNER_ID);
  app.use("/graphql", express.json(), expressMiddleware(apollo, { context }));
  serveReference(createServer(app));
}

void main();
