import type { Request } from "./questions";

/**
 * Posts one request and gives the data of the answer.
 * @throws Error the answer has errors, or no data
 */
export async function ask(url: string, request: Request | undefined): Promise<unknown> {
  const { body = "", token = "" } = request ?? {};
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/graphql`, { method: "POST", headers, body });
  const text = await response.text();
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
  if (errors || !data) throw new Error(`${url} answers: ${text.slice(0, 1_000)}`);
  return data;
}

/** The data of a mutation with its ids and instants replaced: they are new in each answer. */
export function withoutNewValues(data: unknown): unknown {
  const text = JSON.stringify(data)
    .replace(/"([a-z]+)_[0-9a-z]{26}"/g, '"$1"')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"instant"');
  return JSON.parse(text) as unknown;
}
