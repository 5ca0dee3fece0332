import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import type { GraphQLFormattedError, GraphQLSchema } from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { Services } from "../services";
import { formatError } from "./error-format";

/** Makes the Apollo Server that answers queries and mutations over HTTP. */
export function makeApollo(
  schema: GraphQLSchema,
  services: Services,
  production: boolean,
): ApolloServer<GraphqlContext> {
  return new ApolloServer<GraphqlContext>({
    schema,
    introspection: !production,
    includeStacktraceInErrorResponses: false,
    // The process' signals are main's, which stops everything in order.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerPlugin(services),
    ],
    // Errors are formatted by answerPlugin, which knows the request id.
    formatError: (formatted) => formatted,
    logger: services.log,
  });
}

/** Formats the errors of an answer, all with the id of their request, and logs the operation. */
function answerPlugin({ log }: Services): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      return Promise.resolve({
        willSendResponse: ({ contextValue, errors, response, operationName, operation }) => {
          const { requestId } = contextValue;
          response.http.headers.set("x-request-id", requestId);
          if (errors && response.body.kind === "single") {
            const { singleResult } = response.body;
            singleResult.errors = errors.map((error): GraphQLFormattedError =>
              formatError(error, requestId, log),
            );
          }
          const ms = Math.round((performance.now() - startedAt) * 10) / 10;
          const kind = operation?.operation;
          log.info(
            { requestId, operation: operationName, kind, ms, errors: errors?.length ?? 0 },
            "operation",
          );
          return Promise.resolve();
        },
      });
    },
  };
}
