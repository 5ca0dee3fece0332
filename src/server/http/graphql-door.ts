import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance } from "fastify";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { makeGraphqlContext, signIn } from "../graphql/context";
import type { Services } from "../services";
import { servingAs } from "./request-id";

/** Serves queries and mutations at `/graphql`. */
export function registerGraphqlDoor(
  fastify: FastifyInstance,
  apollo: ApolloServer<GraphqlContext>,
  services: Services,
): void {
  fastify.addHook("preHandler", (request, _reply, done) => servingAs(request.id, done));
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    handler: fastifyApolloHandler(apollo, {
      context: async ({ id, headers }) =>
        makeGraphqlContext(services, await signIn(services, headers.authorization), id),
    }),
  });
}
