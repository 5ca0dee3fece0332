import { openSocket } from "../live/socket";
import { openStream } from "../live/stream";
import { type Answer, withoutCost } from "../support/test-server";
import type { EndpointServer } from "./endpoint-server";
import { inOrder, type SentOperation, type TextAnswer } from "./repeated-requests";

/** A way in which an operation reaches a server. */
export type Transport = (
  endpoint: EndpointServer,
  person: string,
  operation: SentOperation,
) => Promise<TextAnswer>;

/** Sends over HTTP, as `POST /graphql`. */
export const byPost: Transport = async ({ as }, person, operation) => (await as(person)).send(operation);

/** Sends over HTTP, as `GET /graphql`. */
export const byGet: Transport = async ({ as }, person, operation) =>
  (await as(person)).send(operation, { method: "GET" });

/** Sends over a WebSocket of its own. */
export const bySocket: Transport = async ({ server }, person, operation) => {
  const raw = await openSocket(server, await server.token(person));
  raw.send({ type: "subscribe", id: "1", payload: operation });
  const { type, payload } = await raw.heard((message) => message.type === "next" || message.type === "error");
  raw.socket.terminate();
  return told(type === "error" ? { errors: payload as never } : payload);
};

/** Sends to `/graphql/stream` and takes the one answer that comes. */
export const byStream: Transport = async ({ server }, person, { query, variables, operationName }) => {
  const stream = await openStream(server, {
    token: await server.token(person),
    query,
    variables,
    operationName,
  });
  if (!stream.headers["content-type"]?.includes("event-stream")) {
    await stream.over;
    return told(JSON.parse(stream.text()) as Answer);
  }
  const [first] = await stream.heard(1);
  stream.hangUp();
  return told(first?.data);
};

/** An answer with its text, without the request ids that such an answer has of its own. */
export function told(answer: Answer | undefined): TextAnswer {
  const { errors, ...rest } = withoutCost(answer);
  const same = errors?.map(({ extensions, ...error }) => ({
    ...error,
    extensions: { ...extensions, requestId: "" },
  }));
  const whole = inOrder({ ...(same && { errors: same }), ...rest });
  return { ...whole, text: JSON.stringify(whole) };
}
