import { Agent, request } from "node:http";
import { idPrefixes } from "../support/id-kinds";
import type { RootField } from "./documents";

/** What came back through the endpoint. */
export interface Reply {
  status: number;
  text: string;
  body: ReplyBody;
  ms: number;
}

/** A GraphQL answer, as loosely as a generated probe can know it. */
export interface ReplyBody {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

/** Sends operations over HTTP with connections that stay open. */
export class ApiClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });
  sent = 0;

  constructor(private readonly url: string) {}

  /** Asks as the bearer of a token or key; as nobody without one. */
  ask(bearer: string | undefined, field: Pick<RootField, "document">, variables: object): Promise<Reply> {
    this.sent++;
    const body = JSON.stringify({ query: field.document, variables });
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const call = request(`${this.url}/graphql`, {
        method: "POST",
        agent: this.agent,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...(bearer && { authorization: `Bearer ${bearer}` }),
        },
      });
      call.once("error", (error: NodeJS.ErrnoException) => {
        // The server had closed the idle connection: nothing of the request was read.
        if (call.reusedSocket && error.code === "ECONNRESET") resolve(this.ask(bearer, field, variables));
        else reject(error);
      });
      call.once("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("error", reject);
        response.once("end", () => {
          const text = Buffer.concat(parts).toString("utf8");
          const ms = performance.now() - startedAt;
          resolve({ status: response.statusCode ?? 0, text, body: JSON.parse(text) as ReplyBody, ms });
        });
      });
      call.end(body);
    });
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }
}

/** Does something with each of a list, a few at a time. */
export async function eachOf<T>(
  list: readonly T[],
  work: (one: T) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const left = list.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A reply without what differs from one request to the next, and without the value that was sent. */
export function comparable({ status, body }: Reply, sent: string): string {
  const { data, errors } = body; // Without the extensions, which tell what it cost and what is left.
  const text = JSON.stringify({ data, errors }).replace(/"requestId":"[^"]*"/g, '"requestId":"…"');
  return `${status} ${text.split(JSON.stringify(sent).slice(1, -1)).join("<sent>")}`;
}

/** A reply's text without what differs from one webhook endpoint to the next, and from one change of it to the next. */
export function withoutEndpoint(text: string): string {
  return text
    .replace(new RegExp(`${idPrefixes.webhookEndpoint}_\\w{26}`, "g"), "<endpoint>")
    .replace(/whsec_[\w+/=]+/g, "<secret>")
    .replace(/"(version|currentVersion)":\d+/g, '"$1":"…"')
    .replace(/its version is \d+ now/g, "its version is … now")
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"…"');
}

/** The codes that a reply refuses with: top-level errors' and userErrors'. */
export function codesIn({ body }: Reply): string[] {
  const errors = (body.errors ?? []).map((error) => String(error.extensions?.code));
  const payloads = Object.values(body.data ?? {}) as ({ userErrors?: { code: string }[] } | null)[];
  return [...errors, ...payloads.flatMap((payload) => payload?.userErrors?.map((one) => one.code) ?? [])];
}
