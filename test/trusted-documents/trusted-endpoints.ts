import { send as sendHttp } from "../api/at-the-endpoint";
import type { LoggedServer } from "../api/logged-server";
import { openSocket } from "../live/socket";
import { send as sendStream } from "../live/stream";
import type { Answer } from "../support/test-server";

/** What a request says of its document, and the variables. */
export interface Asked {
  documentId?: unknown;
  query?: unknown;
  variables?: object;
}

/** One way to ask: over HTTP its status comes too. */
export type EndpointUnderTest = (
  server: LoggedServer,
  token: string,
  asked: Asked,
) => Promise<Answer & { status?: number }>;

/** Every way in which a document's id can come. */
export const endpointsUnderTest: Record<string, EndpointUnderTest> = {
  "a POST's body": (server, token, asked) => overHttp(`${server.url}/graphql`, token, asked),
  "a POST's address": (server, token, { documentId, ...body }) =>
    overHttp(`${server.url}/graphql${inAddress({ documentId })}`, token, body),
  "a GET": (server, token, asked) => overHttp(`${server.url}/graphql${inAddress(asked)}`, token),
  "a socket": overSocket,
  "a stream's POST": (server, token, asked) => overStream(`${server.url}/graphql/stream`, token, asked),
  "a stream's GET": (server, token, asked) =>
    overStream(`${server.url}/graphql/stream${inAddress(asked)}`, token),
};

function inAddress({ variables, ...rest }: Asked): string {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined) as [string, string][];
  const search = new URLSearchParams(given);
  if (variables) search.set("variables", JSON.stringify(variables));
  return `?${search.toString()}`;
}

const headersOf = (token: string) => ({
  "content-type": "application/json",
  authorization: `Bearer ${token}`,
});

async function overHttp(url: string, token: string, body?: Asked): ReturnType<EndpointUnderTest> {
  const sent = body && { method: "POST", body: JSON.stringify(body) };
  const { status, body: answer } = await sendHttp(url, { ...sent, headers: headersOf(token) });
  return { ...answer, status };
}

async function overSocket(server: LoggedServer, token: string, asked: Asked): ReturnType<EndpointUnderTest> {
  const { socket, send, heard } = await openSocket(server, token);
  try {
    send({ type: "subscribe", id: "1", payload: asked });
    const { type, payload } = await heard((message) => message.id === "1" && message.type !== "complete");
    return type === "error" ? { errors: payload as Answer["errors"] } : (payload ?? {});
  } finally {
    socket.close();
  }
}

async function overStream(url: string, token: string, body?: Asked): ReturnType<EndpointUnderTest> {
  const headers = { ...headersOf(token), accept: "text/event-stream" };
  const stream = await sendStream(url, body ? "POST" : "GET", body && JSON.stringify(body), headers);
  await stream.over;
  return stream.events[0]?.data ?? (JSON.parse(stream.text()) as Answer);
}
