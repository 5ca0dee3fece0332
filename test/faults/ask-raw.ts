import type { Answer } from "../support/test-server";

/** What a request was answered with, and after how many milliseconds. */
export interface RawAnswer {
  ms: number;
  body: Answer;
}

/** Sends a request once and gives whatever is answered, unlike the patient client. Throws where nothing is answered. */
export async function askRaw(
  url: string,
  token: string,
  query: string,
  variables: object = {},
): Promise<RawAnswer> {
  const startedAt = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Answer;
  return { ms: performance.now() - startedAt, body };
}
