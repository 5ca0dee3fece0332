import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { HttpContext } from "../graphql/apollo";
import { signIn } from "../graphql/context";
import { formatErrors } from "../graphql/error-format";
import { logAnswered } from "../graphql/log-answered";
import { isSignedIn } from "../limits/anonymous";
import {
  DocumentMistakes,
  NoSuchOperation,
  type OperationPipeline,
  OperationRun,
} from "../operation-pipeline";
import type { Services } from "../services";
import type { ApolloDocuments } from "../trusted-documents/apollo-documents";
import { takeDocument } from "../trusted-documents/take-document";
import { type AskedOperation, askedOver, parametersOf } from "./asked-operation";
import { asHttpRefusal, budgetHeaders } from "./http-refusal";
import { ensurePreflighted } from "./preflight";
import type { KnownOperations } from "./known-operations";
import { bodyLengthOf } from "./exhausted-addresses";

/** What the endpoint hands requests to. */
export interface GraphqlEndpointParts {
  apollo: ApolloServer<HttpContext>;
  known: KnownOperations;
  services: Services;
  pipeline: OperationPipeline;
  documents: ApolloDocuments;
}

/** Serves queries and mutations at `/graphql`: known ones at once, all others by Apollo. HEAD is answered as GET is, without a body. */
export function registerGraphqlEndpoint(fastify: FastifyInstance, parts: GraphqlEndpointParts): void {
  const { known, pipeline } = parts;
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    handler: async (request, reply) => {
      const needsToken = ensurePreflighted(request);
      const asked = read(pipeline, request);
      const found = asked instanceof Error ? undefined : known.find(request, asked);
      if (found && !needsToken) return known.answer(found, request, reply);
      return askApollo(parts, request, reply, { asked, needsToken });
    },
  });
}

/** What is asked, or why it is refused: that is told after an anonymous caller's address was charged for asking. */
function read({ guard }: OperationPipeline, request: FastifyRequest): AskedOperation | Error {
  try {
    return takeDocument(guard.trusted, askedOver(request), request.id);
  } catch (refusal) {
    return refusal as Error;
  }
}

interface Asked {
  asked: AskedOperation | Error;
  /** Whether a token that is refused refuses the request; otherwise each field that needs one says so. */
  needsToken: boolean;
}

async function askApollo(
  parts: GraphqlEndpointParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { asked, needsToken }: Asked,
): Promise<string> {
  const { apollo, known, services, pipeline } = parts;
  const { id, ip, headers, method } = request;
  let refusals: unknown[] = [];
  const run = new OperationRun({
    ...{ endpoint: "http", requestId: id, address: ip, bytes: bodyLengthOf(request), asked, needsToken },
    signIn: () => signIn(services, headers.authorization, id),
  });
  const refuse = (errors: readonly Error[]): GraphQLError => {
    refusals = errors.map((error) => (error instanceof GraphQLError ? error : asHttpRefusal(error)));
    const [first] = refusals as GraphQLError[];
    return first?.extensions.http ? first : new GraphQLError("", { extensions: { http: { status: 400 } } });
  };
  const contextOf = async (): Promise<HttpContext> => {
    try {
      await readAhead(parts, run);
      return Object.assign(run.context, { run });
    } catch (error) {
      if (!(error instanceof DocumentMistakes)) throw refuse([error as Error]);
      logAnswered(services, run.context, { startedAt: run.startedAt, errors: error.errors });
      throw refuse(error.errors);
    } finally {
      // After everything that this request was charged: reading its document may have cost more requests.
      const left = pipeline.guard.charges.leftOf(run.context);
      if (left) void reply.headers(budgetHeaders(left));
    }
  };
  const answer = await apollo.executeHTTPGraphQLRequest({
    // HTTP answers HEAD as GET, without the body (RFC 9110, 9.3.2).
    httpGraphQLRequest: {
      method: method === "HEAD" ? "GET" : method,
      headers: headersOf(request),
      ...asApolloReads(asked, request),
    },
    context: contextOf,
  });
  void reply.code(answer.status ?? 200);
  for (const [name, value] of answer.headers) void reply.header(name, value);
  const text = textOf(answer);
  const { errors } = text.startsWith('{"errors"') ? (JSON.parse(text) as Refused) : {};
  // What the plugin has seen bears the request's id already.
  if (!errors || errors.some(({ extensions }) => extensions?.requestId !== undefined)) {
    if (!errors) known.learn(request, answer.headers.get("content-type"));
    return text;
  }
  const raw = refusals.length > 0 ? refusals : errors.map(asThrown);
  const told = formatErrors(raw, { requestId: id, isSignedIn: isSignedIn(run.context) }, services.log);
  return `${JSON.stringify({ errors: told })}\n`;
}

/** Takes an operation through the first steps before Apollo looks at it, so that Apollo finds its document read. */
async function readAhead(
  { pipeline, documents }: Pick<GraphqlEndpointParts, "pipeline" | "documents">,
  run: OperationRun,
): Promise<void> {
  await pipeline.through(run, "document");
  const { document, request } = run;
  if (document && !(request.asked instanceof Error) && request.asked.query)
    documents.add(request.asked.query, document);
  try {
    await pipeline.through(run, "operation");
  } catch (error) {
    // Apollo says it in its own words.
    if (!(error instanceof NoSuchOperation)) throw error;
  }
}

interface Refused {
  errors?: GraphQLFormattedError[];
}

function asThrown({ message, extensions }: GraphQLFormattedError): GraphQLError {
  return new GraphQLError(message, { extensions });
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const all = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) all.set(name, Array.isArray(value) ? value.join(", ") : value);
  return all;
}

/** The operation as it was read, in the form in which Apollo reads it again: a POST's body, or a GET's address. */
function asApolloReads(
  asked: AskedOperation | Error,
  request: FastifyRequest,
): { search: string; body: unknown } {
  if (asked instanceof Error) return { search: "", body: undefined };
  if (request.method === "POST") return { search: "", body: asked };
  const search = new URLSearchParams();
  if (asked.query) search.set("query", asked.query);
  // As they came: to write variables anew takes more stack than there is where they are nested deep enough.
  for (const name of ["operationName", "variables", "extensions"] as const)
    if (asked[name]) search.set(name, parametersOf(request).get(name) ?? "");
  return { search: `?${search.toString()}`, body: undefined };
}

/** Only incremental delivery, which graphql-js 16 does not have, comes in parts. */
function textOf({ body }: HTTPGraphQLResponse): string {
  if (body.kind === "complete") return body.string;
  throw new Error("Apollo answers in parts, which this endpoint does not send.");
}
