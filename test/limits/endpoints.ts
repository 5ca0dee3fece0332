import { post, send, type HttpAnswer } from "../api/at-the-endpoint";
import { openSocket, type RawSocket } from "../live/socket";
import type { Answer, TestServer } from "../support/test-server";

/** An answer of any endpoint, with its cost. */
export interface CostedAnswer extends Answer {
  extensions?: {
    cost?: {
      requested: number;
      maximum: number;
      budget?: { limit: number; remaining: number; resetSeconds: number };
    };
  };
}

/** The whole body of an HTTP answer, its cost with it. */
export function bodyOf({ text }: HttpAnswer): CostedAnswer {
  return JSON.parse(text) as CostedAnswer;
}

/** Asks over HTTP; without a token as an anonymous caller. */
export async function askOverHttp(
  server: TestServer,
  query: string,
  { token, variables = {} }: { token?: string; variables?: object } = {},
): Promise<HttpAnswer> {
  return post(server, { query, variables }, token ? { authorization: `Bearer ${token}` } : {});
}

/** A signed-in caller's socket, and how it asks: the first answer to each question. */
export async function openAsker(
  server: TestServer,
  token: string,
): Promise<{ ask(query: string, variables?: object): Promise<CostedAnswer>; raw: RawSocket }> {
  const raw = await openSocket(server, token);
  let asked = 0;
  const ask = async (query: string, variables: object = {}) => {
    const id = `q${++asked}`;
    raw.subscribe(id, query, variables);
    const answer = await raw.heard((message) => message.id === id && message.type !== "complete");
    const { type, payload } = answer as { type: string; payload?: unknown };
    return (type === "error" ? { errors: payload } : payload) as CostedAnswer;
  };
  return { ask, raw };
}

/** Sends any body to the GraphQL address. */
export function sendBody(
  server: TestServer,
  body: string,
  headers: Record<string, string>,
): Promise<HttpAnswer> {
  return send(`${server.url}/graphql`, { method: "POST", body, headers });
}
