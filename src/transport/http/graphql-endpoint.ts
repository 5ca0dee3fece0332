import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { getOperationAST, GraphQLError, type GraphQLFormattedError } from "graphql";
import type { HttpContext } from "../graphql/apollo";
import { makeGraphqlContext, signIn } from "../graphql/context";
import { formatErrors } from "../graphql/error-format";
import { logAnswered } from "../graphql/log-answered";
import type { OperationGuard } from "../limits/operation-guard";
import { pointsFor } from "../limits/charges";
import { MIN_PRICE } from "../limits/operation-cost";
import { ensureSignedIn, isSignedIn } from "../limits/anonymous";
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
  guard: OperationGuard;
  documents: ApolloDocuments;
}

/** Serves queries and mutations at `/graphql`: known ones at once, all others by Apollo. HEAD is answered as GET is, without a body. */
export function registerGraphqlEndpoint(fastify: FastifyInstance, parts: GraphqlEndpointParts): void {
  const { known, guard } = parts;
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    handler: async (request, reply) => {
      const needsToken = ensurePreflighted(request);
      const asked = read(guard, request);
      const found = asked instanceof Error ? undefined : known.find(request, asked);
      if (found && !needsToken) return known.answer(found, request, reply);
      return askApollo(parts, request, reply, { asked, needsToken });
    },
  });
}

/** What is asked, or why it is refused: that is told after an anonymous caller's address was charged for asking. */
function read(guard: OperationGuard, request: FastifyRequest): AskedOperation | Error {
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
  const { apollo, known, services, guard } = parts;
  const { id, ip, headers, method } = request;
  let isKnownCaller = false;
  let refusals: unknown[] = [];
  const startedAt = performance.now();
  const refuse = (errors: readonly Error[]): GraphQLError => {
    refusals = errors.map((error) => (error instanceof GraphQLError ? error : asHttpRefusal(error)));
    const [first] = refusals as GraphQLError[];
    return first?.extensions.http ? first : new GraphQLError("", { extensions: { http: { status: 400 } } });
  };
  const chargeAnonymous = async (): Promise<HttpContext> => {
    const signedIn = await signIn(services, headers.authorization, id);
    const context: HttpContext = (await makeGraphqlContext(services, signedIn, id)).beginRequest();
    isKnownCaller = isSignedIn(context);
    try {
      await guard.charges.request(context, ip, bodyLengthOf(request));
      if (needsToken) ensureSignedIn(context);
      if (asked instanceof Error || !asked.query)
        await guard.charges.reading(context, ip, pointsFor(bodyLengthOf(request)));
      if (asked instanceof Error) throw asked;
      const mistakes = await readAhead(parts, context, ip, asked);
      if (mistakes) {
        logAnswered(services, context, { startedAt, errors: mistakes });
        throw refuse(mistakes);
      }
      return Object.assign(context, { anonymousBudget: guard.charges.leftOf(context) });
    } catch (error) {
      throw refusals.length > 0 ? error : refuse([error as Error]);
    } finally {
      // After everything that this request was charged: reading its document may have cost more requests.
      const left = guard.charges.leftOf(context);
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
    context: chargeAnonymous,
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
  const told = formatErrors(raw, { requestId: id, isSignedIn: isKnownCaller }, services.log);
  return `${JSON.stringify({ errors: told })}\n`;
}

/** Reads a document before Apollo does, so that reading is charged and bounded; its mistakes, where it has some. */
async function readAhead(
  { guard, documents }: Pick<GraphqlEndpointParts, "guard" | "documents">,
  context: HttpContext,
  address: string,
  { query: text, operationName }: AskedOperation,
): Promise<GraphQLError[] | undefined> {
  if (!text) return undefined;
  const document = await guard.read(context, address, text);
  if (Array.isArray(document)) return document;
  // Apollo refuses it before the guard is asked what it costs.
  if (!getOperationAST(document, operationName)) await guard.charges.reading(context, address, MIN_PRICE);
  documents.add(text, document);
  return undefined;
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
