import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { HttpContext } from "../graphql/apollo";
import { makeGraphqlContext, signIn } from "../graphql/context";
import { formatErrors } from "../graphql/error-format";
import { logAnswered } from "../graphql/log-answered";
import type { OperationGuard } from "../limits/operation-guard";
import { isSignedIn } from "../limits/stranger";
import type { Services } from "../services";
import type { ApolloDocuments } from "../trusted-documents/apollo-documents";
import { takeDocument } from "../trusted-documents/take-document";
import { asHttpRefusal, budgetHeaders } from "./http-refusal";
import type { KnownOperations } from "./known-operations";

/** What the door hands requests to. */
export interface GraphqlDoorParts {
  apollo: ApolloServer<HttpContext>;
  known: KnownOperations;
  services: Services;
  guard: OperationGuard;
  documents: ApolloDocuments;
}

/** Serves queries and mutations at `/graphql`: known ones at once, all others by Apollo. */
export function registerGraphqlDoor(fastify: FastifyInstance, parts: GraphqlDoorParts): void {
  const { known, guard } = parts;
  fastify.route({
    method: ["GET", "POST"],
    url: "/graphql",
    handler: async (request, reply) => {
      const refusal = takeDocument(guard.trusted, request);
      const found = refusal ? undefined : known.find(request);
      return found ? known.answer(found, request, reply) : askApollo(parts, request, reply, refusal);
    },
  });
}

async function askApollo(
  { apollo, known, services, guard, documents }: GraphqlDoorParts,
  request: FastifyRequest,
  reply: FastifyReply,
  untrusted: Error | undefined,
): Promise<string> {
  const { id, ip, headers, method, body } = request;
  let isKnownCaller = false;
  let refusals: unknown[] = [];
  const startedAt = performance.now();
  const refuse = (errors: readonly Error[]): GraphQLError => {
    refusals = errors.map((error) => (error instanceof GraphQLError ? error : asHttpRefusal(error)));
    const [first] = refusals as GraphQLError[];
    return first?.extensions.http ? first : new GraphQLError("", { extensions: { http: { status: 400 } } });
  };
  const greet = async (): Promise<HttpContext> => {
    const signedIn = await signIn(services, headers.authorization, id);
    const context: HttpContext = await makeGraphqlContext(services, signedIn, id);
    isKnownCaller = isSignedIn(context);
    try {
      const budget = await guard.greet(context, ip);
      if (budget) void reply.headers(budgetHeaders(budget));
      if (untrusted) throw untrusted;
      const text = textIn(request);
      const document = text === undefined ? undefined : await guard.read(context, ip, text);
      if (Array.isArray(document)) {
        logAnswered(services, context, { startedAt, errors: document });
        throw refuse(document);
      }
      if (text !== undefined && document) documents.add(text, document);
      return Object.assign(context, { strangersBudget: budget });
    } catch (error) {
      throw refusals.length > 0 ? error : refuse([error as Error]);
    }
  };
  const answer = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: headersOf(request), search: searchOf(request), body },
    context: greet,
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

/** The text of the document that a request asks for, where it is where it should be; what is not is Apollo's to refuse. */
function textIn({ method, body, url }: FastifyRequest): string | undefined {
  const text =
    method === "GET" ? new URLSearchParams(searchOf({ url })).get("query") : (body as { query?: unknown } | null)?.query;
  return typeof text === "string" && text !== "" ? text : undefined;
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

function searchOf({ url }: Pick<FastifyRequest, "url">): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}

/** Only incremental delivery, which graphql-js 16 does not have, comes in parts. */
function textOf({ body }: HTTPGraphQLResponse): string {
  if (body.kind === "complete") return body.string;
  throw new Error("Apollo answers in parts, which this door does not send.");
}
