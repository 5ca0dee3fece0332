import { PATIENCE_MS } from "../support/patience";
import { type Answer, type TestServer, withoutCost } from "../support/test-server";

/** An operation as it is sent over HTTP. */
export interface SentOperation {
  query: string;
  variables?: object;
  operationName?: string;
}

/** An answer with the text that it came in, without what each answer has of its own. */
export interface TextAnswer extends Answer {
  text: string;
}

/** Sends operations over HTTP, as new ones or as repeated ones. */
export interface RepeatedRequests {
  /** Sends the operation as it is. */
  send(operation: SentOperation, times?: { method?: "GET" }): Promise<TextAnswer>;
  /** Sends the operation with a comment that no other one has: it is new to the server, so graphql-js executes it. */
  sendAsNew(operation: SentOperation): Promise<TextAnswer>;
}

let comments = 0;

/** The same operation in a text that is new to every server. */
export function asNew({ query, ...rest }: SentOperation): SentOperation {
  return { ...rest, query: `${query}\n# ${++comments}` };
}

/** Makes the requests of a person of the demo, or of nobody. */
export async function requestsOf(
  server: Pick<TestServer, "url" | "token">,
  person: string | undefined,
): Promise<RepeatedRequests> {
  const headers = {
    "content-type": "application/json",
    "x-request-id": "the-same-each-time",
    ...(person !== undefined && { authorization: `Bearer ${await server.token(person, 3_600)}` }),
  };
  const send: RepeatedRequests["send"] = async ({ query, variables, operationName }, { method } = {}) => {
    const asked = { query, variables, operationName };
    const url = `${server.url}/graphql`;
    if (method === "GET") {
      const search = new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) });
      if (operationName !== undefined) search.set("operationName", operationName);
      return exchange(`${url}?${search.toString()}`, { headers });
    }
    return exchange(url, { method: "POST", headers, body: JSON.stringify(asked) });
  };
  return { send, sendAsNew: (operation) => send(asNew(operation)) };
}

/**
 * Fields that wait for the database fail in the order in which it answers them, which is another one each time: errors are
 * put in the order of their places. Their true order is compared where no database has a part in it (executor.plain.test.ts).
 */
export function inOrder<T extends Pick<Answer, "errors">>(answer: T): T {
  const place = (error: object) => JSON.stringify(error);
  const errors = answer.errors?.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
  return errors ? { ...answer, errors } : answer;
}

let unanswered = 0;

/** A request without an answer is a difference from every other one: the run goes on, and the report names the operation. */
async function exchange(url: string, request: RequestInit): Promise<TextAnswer> {
  try {
    return await textAnswer(await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) }));
  } catch (error) {
    if ((error as Error).name !== "TimeoutError") throw error;
    return { text: `no answer within ${PATIENCE_MS} ms (${++unanswered})` };
  }
}

async function textAnswer(response: Response): Promise<TextAnswer> {
  const answer = inOrder(withoutCost(JSON.parse(await response.text())));
  return { ...answer, text: `${response.status} ${JSON.stringify(answer)}` };
}
