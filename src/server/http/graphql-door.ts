import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { makeGraphqlContext, signIn } from "../graphql/context";
import type { OperationGuard } from "../limits/operation-guard";
import { isSignedIn } from "../limits/stranger";
import type { Services } from "../services";
import { takeDocument } from "../trusted-documents/take-document";
import { asHttpRefusal, budgetHeaders } from "./http-refusal";
import { requestNow, servingAs } from "./request-id";

/** Serves queries and mutations at `/graphql`. */
export function registerGraphqlDoor(
  fastify: FastifyInstance,
  apollo: ApolloServer<GraphqlContext>,
  services: Services,
  guard: OperationGuard,
): void {
  fastify.addHook("preHandler", (request, _reply, done) => servingAs(request.id, done));
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    preHandler: takeDocument(guard.trusted),
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        const { id, headers } = request;
        const context = await makeGraphqlContext(services, await signIn(services, headers.authorization), id);
        await greet(guard, context, request, reply);
        return context;
      },
    }),
  });
}

async function greet(
  guard: OperationGuard,
  context: GraphqlContext,
  { ip }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const served = requestNow();
  if (served) served.isSignedIn = isSignedIn(context);
  try {
    const budget = await guard.greet(context, ip);
    if (budget) void reply.headers(budgetHeaders(budget));
    if (served) served.strangersBudget = budget;
    if (served?.refusal) throw served.refusal;
  } catch (refusal) {
    throw asHttpRefusal(refusal);
  }
}
