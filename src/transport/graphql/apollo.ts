import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from "graphql";
import { asHttpRefusal, budgetHeaders } from "../http/http-refusal";
import { withinLength } from "../limits/answer-size";
import { isSignedIn } from "../limits/anonymous";
import type { OperationPipeline, OperationRun } from "../operation-pipeline";
import type { Services } from "../services";
import type { ApolloDocuments } from "../trusted-documents/apollo-documents";
import type { OperationContext } from "./context";
import { formatErrors } from "./error-format";
import { logAnswered } from "./log-answered";

/** A context of Apollo's: with how far its operation has come. */
export type HttpContext = OperationContext & { run: OperationRun };

/**
 * Makes the Apollo Server that answers queries and mutations over HTTP: those that are new here, and whatever is wrong.
 * What it found valid is answered by KnownOperations from then on (ADR 0022).
 */
export function makeApollo(
  schema: GraphQLSchema,
  services: Services,
  pipeline: OperationPipeline,
  documents: ApolloDocuments,
): ApolloServer<HttpContext> {
  return new ApolloServer<HttpContext>({
    schema,
    // Valid documents are cached for all callers, so what anonymous callers are not told is the guard's to refuse, not a rule's.
    introspection: true,
    ...pipeline.guard.reading,
    documentStore: documents,
    // Anonymous callers would fill its memory; trusted documents are for those who want to send less.
    persistedQueries: false,
    // The endpoint has done this before: its rule is one for all endpoints (preflight.ts).
    csrfPrevention: false,
    // Apollo's default; what stands on it shall not change with it.
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    // The process' signals are main's, which stops everything in order.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerPlugin(services, pipeline),
    ],
    logger: services.log,
  });
}

/**
 * Logs each operation, takes it through the rest of the pipeline, and tells its cost. Refuses the live ones: graphql-js would
 * take them for queries here.
 */
function answerPlugin(services: Services, pipeline: OperationPipeline): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: () => {
      const startedAt = performance.now();
      return Promise.resolve({
        didResolveOperation: async ({ operation, contextValue }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw servedElsewhere();
          if (!operation) return;
          const { run } = contextValue;
          // Apollo's copy of the context is the one that resolvers get.
          run.context = contextValue;
          try {
            await pipeline.through(run, "turn");
          } catch (refusal) {
            throw asHttpRefusal(refusal);
          }
        },
        willSendResponse: ({ contextValue, document, errors: found = [], operation, response }) => {
          let errors: readonly GraphQLError[] = found;
          const cost = contextValue.run.assessment?.cost;
          if (response.body.kind === "single") {
            const answer = response.body.singleResult;
            const limited = cost && withinLength(answer, cost, services.maxAnswerBytes);
            if (limited && limited !== answer) {
              errors = limited.errors as GraphQLError[];
              delete answer.data;
              response.http.status = 400;
            }
            const caller = { requestId: contextValue.requestId, isSignedIn: isSignedIn(contextValue) };
            if (errors.length > 0) answer.errors = formatErrors(errors, caller, services.log);
            if (cost) answer.extensions = { cost };
          }
          for (const [name, value] of Object.entries(cost?.budget ? budgetHeaders(cost.budget) : {}))
            response.http.headers.set(name, value);
          logAnswered(services, contextValue, { document, operation, startedAt, errors });
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
