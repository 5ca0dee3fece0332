import { Agent, type Dispatcher, errors } from "undici";
import { WebhookDeliveryError } from "../../entities/webhooks/webhook-delivery";
import type { Clock } from "../values/instant";
import { type AddressGuard, AddressRefused } from "./address-guard";
import { readWebhookUrl } from "./webhook-url.policy";
import { signatures } from "./webhook-secret";
import type { AttemptResult } from "./webhook-delivery.lifecycle";

/** One message to one receiver. */
export interface WebhookMessage {
  url: string;
  id: string;
  body: string;
  /** Those that are live, opened. */
  secrets: string[];
}

/** Waits a number of ms, or until the signal is aborted; never throws. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

type Answer = Omit<AttemptResult, "startedAt" | "durationMs">;

/** How messages are sent. */
export interface WebhookSenderOptions {
  guard: AddressGuard;
  allowInsecure: boolean;
  now: Clock;
  sleep: Sleep;
  timeoutMs?: number;
}

/** How long a receiver has for everything: looking it up, connecting, taking the message, answering. */
export const ATTEMPT_TIMEOUT_MS = 15_000;

const MAX_ANSWER_BYTES = 10_000;
const MAX_EXCERPT_BYTES = 1_024;
const USER_AGENT = "Partnergraph-Webhooks/1";

/** Posts messages to receivers, through the guard and within the time; what comes of it is a result, never an error. */
export class WebhookSender {
  /** Made at the first message: many a server never sends one. */
  private agent: Agent | undefined;
  private readonly timeoutMs: number;

  constructor(private readonly options: WebhookSenderOptions) {
    this.timeoutMs = options.timeoutMs ?? ATTEMPT_TIMEOUT_MS;
  }

  /** Sends a message once. `stopping` ends it early: nothing is known then, and null is the answer. */
  async send(message: WebhookMessage, stopping: AbortSignal): Promise<AttemptResult | null> {
    // Before the time begins: the first one loads a library.
    const agent = (this.agent ??= newAgent(this.options.guard));
    const startedAt = this.options.now();
    const begun = performance.now();
    const done = new AbortController();
    const cut = new AbortController();
    const cutShort = () => cut.abort();
    stopping.addEventListener("abort", cutShort);
    void this.options.sleep(this.timeoutMs, done.signal).then(cutShort);
    // A request that is still connecting does not hear its signal, so the two race.
    const cutOff = new Promise<Answer>((resolve) =>
      cut.signal.addEventListener("abort", () => resolve({ error: WebhookDeliveryError.TIMEOUT })),
    );
    const exchanged = this.exchange(agent, message, startedAt, cut.signal).catch((error: unknown): Answer => {
      return { error: cut.signal.aborted ? WebhookDeliveryError.TIMEOUT : errorOf(error) };
    });
    const answer = await Promise.race([exchanged, cutOff]);
    done.abort();
    stopping.removeEventListener("abort", cutShort);
    if (stopping.aborted) return null;
    return { ...answer, startedAt, durationMs: Math.round(performance.now() - begun) };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.agent?.destroy();
  }

  private async exchange(
    agent: Agent,
    { url, id, body, secrets }: WebhookMessage,
    startedAt: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    const read = readWebhookUrl(url, this.options.allowInsecure);
    if ("refusal" in read) return { error: WebhookDeliveryError.ADDRESS_NOT_PUBLIC };
    const timestamp = Math.floor(Date.parse(startedAt) / 1_000);
    const response = await agent.request({
      origin: read.url.origin,
      path: read.url.pathname + read.url.search,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signatures(secrets, id, timestamp, body),
      },
      body,
      signal,
    });
    const responseExcerpt = await excerptOf(response.body, signal);
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300) return { statusCode, responseExcerpt };
    const isRedirect = statusCode >= 300 && statusCode < 400;
    const error = isRedirect ? WebhookDeliveryError.REDIRECTED : WebhookDeliveryError.REFUSED;
    const retryAfterMs = retryAfter(response.headers["retry-after"], startedAt);
    return { error, statusCode, responseExcerpt, retryAfterMs };
  }
}

function newAgent(guard: AddressGuard): Agent {
  // The one limit over all of an attempt is ours; undici's own would only cut it differently.
  return new Agent({
    connect: guard.connect,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    // Long enough for the next event of a busy stream, and too short for most receivers to hang up first.
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 1_000,
    maxHeaderSize: 16_384,
  });
}

/** Reads at most 10 kB and leaves the rest on the wire: the connection is closed then. */
async function excerptOf(body: Dispatcher.ResponseData["body"], signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break; // Leaving the loop destroys the body.
  }
  signal.throwIfAborted();
  return beginningOf(Buffer.concat(chunks)).replace(/[^\P{Cc}\n\t]/gu, "");
}

/** The first 1 kB of an answer. Of one that is not UTF-8 the other bytes are written as they are: `\xE9`. */
function beginningOf(bytes: Buffer): string {
  const beginning = bytes.subarray(0, MAX_EXCERPT_BYTES);
  try {
    // As a stream, so that a character that the cut broke is left out.
    return new TextDecoder("utf-8", { fatal: true }).decode(beginning, { stream: true });
  } catch {
    const hexadecimal = (byte: string) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`;
    const written = beginning.toString("latin1").replace(/[\x80-\xff]/g, hexadecimal);
    return written.slice(0, MAX_EXCERPT_BYTES);
  }
}

/** How long a `Retry-After` asks to wait, in ms: a number of seconds or an HTTP date. Nonsense asks for nothing. */
function retryAfter(header: string | string[] | undefined, now: string): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text.trim())) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.parse(now));
}

function errorOf(error: unknown): WebhookDeliveryError {
  if (error instanceof AddressRefused) return WebhookDeliveryError[error.reason];
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return WebhookDeliveryError.ANSWER_UNREADABLE;
  }
  const { code = "" } = error as { code?: string };
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(
    code,
  );
  return isTls ? WebhookDeliveryError.TLS_FAILED : WebhookDeliveryError.CONNECTION_FAILED;
}
