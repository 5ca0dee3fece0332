import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance } from "fastify";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { makeGraphqlContext, signIn } from "../graphql/context";
import { requestIdOf } from "../graphql/error-format";
import type { Services } from "../services";

/** Serves queries and mutations at `/graphql`. */
export function registerGraphqlDoor(
  fastify: FastifyInstance,
  apollo: ApolloServer<GraphqlContext>,
  services: Services,
): void {
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    handler: fastifyApolloHandler(apollo, {
      context: async (request) => {
        const requestId = requestIdOf(request.headers["x-request-id"]);
        return makeGraphqlContext(services, await signIn(services, request.headers.authorization), requestId);
      },
    }),
  });
}
