import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { asHttpRefusal, budgetHeaders } from "../http/http-refusal";
import { requestIdNow, requestNow } from "../http/request-id";
import type { CostReport, OperationGuard } from "../limits/operation-guard";
import type { Services } from "../services";
import { apolloDocuments } from "../trusted-documents/apollo-documents";
import { withoutSuggestions } from "./caller-mistake";
import { formatError } from "./error-format";

/** Makes the Apollo Server that answers queries and mutations over HTTP. */
export function makeApollo(
  schema: GraphQLSchema,
  services: Services,
  guard: OperationGuard,
): ApolloServer<GraphqlContext> {
  return new ApolloServer<GraphqlContext>({
    schema,
    // Valid documents are kept whoever sent them, so what strangers are not told is the guard's to refuse, not a rule's.
    introspection: true,
    ...guard.reading,
    documentStore: apolloDocuments(guard.trusted),
    // Strangers would fill its memory; trusted documents are for those who want to send less.
    persistedQueries: false,
    // Both are Apollo's defaults; what stands on them shall not change with it.
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    // The process' signals are main's, which stops everything in order.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerPlugin(services, guard),
    ],
    formatError: (_formatted, error) => {
      const told = formatError(error, requestIdNow(), services.log);
      return requestNow()?.isSignedIn ? told : { ...told, message: withoutSuggestions(told.message) };
    },
    logger: services.log,
  });
}

/**
 * Logs each operation, lets the guard measure and charge it, and tells its cost. Refuses the live ones: graphql-js would
 * take them for queries here.
 */
function answerPlugin({ log }: Services, guard: OperationGuard): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      let cost: CostReport | undefined;
      return Promise.resolve({
        didResolveOperation: async ({ document, operation, request, contextValue }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw servedElsewhere();
          if (!operation) return;
          cost = guard.report({ document, operation }, request.variables);
          try {
            await guard.admit(contextValue, { document, operation }, cost, requestNow()?.strangersBudget);
          } catch (refusal) {
            throw asHttpRefusal(refusal);
          }
        },
        willSendResponse: ({ contextValue, errors, operationName, operation, response }) => {
          if (cost && response.body.kind === "single") response.body.singleResult.extensions = { cost };
          if (cost?.budget) {
            for (const [name, value] of Object.entries(budgetHeaders(cost.budget)))
              response.http.headers.set(name, value);
          }
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

function servedElsewhere(): GraphQLError {
  const message =
    "Live events are served over WebSocket (graphql-transport-ws) at this address, and as server-sent events at /graphql/stream.";
  return new GraphQLError(message, { extensions: { http: { status: 400 } } });
}
