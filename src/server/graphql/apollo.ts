import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { requestIdNow } from "../http/request-id";
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
    formatError: (_formatted, error) => formatError(error, requestIdNow(), services.log),
    logger: services.log,
  });
}

/** Logs each operation, and refuses the live ones: graphql-js would take them for queries here. */
function answerPlugin({ log }: Services): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      return Promise.resolve({
        didResolveOperation: ({ operation }) => {
          if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
          throw new GraphQLError(
            "Live events are served over WebSocket (graphql-transport-ws) at this address.",
            { extensions: { http: { status: 400 } } },
          );
        },
        willSendResponse: ({ contextValue, errors, operationName, operation }) => {
          const { requestId } = contextValue;
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
