import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  buildSchema,
  execute,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  MaxIntrospectionDepthRule,
  parse,
  printSchema,
  specifiedRules,
  validate,
} from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

/** A server with every weakness that graphql-cop knows, to see that its checks find them. */
export async function startOpenServer(like: GraphQLSchema): Promise<{ url: string; stop(): Promise<void> }> {
  // Without resolvers and extensions: what it answers does not matter, only that it does.
  const schema = buildSchema(printSchema(like));
  const http = createServer((request, response) => void answer(schema, request, response));
  const sockets = new WebSocketServer({ server: http });
  const live = useServer(
    { schema, onSubscribe: (_ctx, _id, payload) => prepare(schema, payload.query) },
    sockets,
  );
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`,
    stop: async () => {
      await live.dispose();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

const openRules = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

async function answer(
  schema: GraphQLSchema,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await queriesIn(request);
  if (sent === undefined) return void response.end("<title>GraphiQL</title>");
  const answers = await Promise.all([sent].flat().map((query) => run(schema, query)));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(Array.isArray(sent) ? answers : answers[0]));
}

function prepare(schema: GraphQLSchema, query: string): ExecutionArgs | readonly GraphQLError[] {
  try {
    const document = parse(query);
    const errors = validate(schema, document, openRules);
    return errors.length > 0 ? errors : { schema, document };
  } catch (error) {
    return [error as GraphQLError];
  }
}

async function queriesIn(request: IncomingMessage): Promise<string | string[] | undefined> {
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  if (request.method === "GET") return searchParams.get("query") ?? undefined;
  let body = "";
  for await (const part of request) body += String(part);
  if (!request.headers["content-type"]?.includes("json")) return new URLSearchParams(body).get("query") ?? "";
  const sent = JSON.parse(body) as { query: string } | { query: string }[];
  return Array.isArray(sent) ? sent.map(({ query }) => query) : sent.query;
}

async function run(schema: GraphQLSchema, query: string): Promise<object> {
  const extensions = { tracing: { version: 1 } };
  const prepared = prepare(schema, query);
  if ("document" in prepared) return { ...(await execute(prepared)), extensions };
  const exception = { stacktrace: prepared[0]?.stack };
  return { errors: prepared.map(({ message }) => ({ message, extensions: { exception } })) };
}
