import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../support/test-server";

const MAX_WAIT_MS = 15_000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 400;

/** A client as our docs tell people to write one: whatever was not answered, or answered "try again", it repeats as it was. */
export class PatientClient {
  /** Requests sent, and how many of them were repeats: of these, of connections that broke and of busy answers. */
  readonly counts = { sent: 0, unanswered: 0, busy: 0 };
  /** The longest time from the first attempt of a request until its answer, in milliseconds. */
  slowestMs = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly urls: readonly string[];

  /**
   * @param urls one server, or several: each request begins at one drawn at random, and each repeat of it goes to the next one
   * @param signal ends whatever is under way
   * @param longestWaitMs after which time a request without an answer is given up and repeated
   */
  constructor(
    urls: string | readonly string[],
    private readonly signal: AbortSignal,
    private readonly longestWaitMs = MAX_WAIT_MS,
  ) {
    this.urls = typeof urls === "string" ? [urls] : urls;
    signal.addEventListener("abort", () => this.agent.destroy(), { once: true });
  }

  /**
   * The data that a request is answered with at last, repeated with the same words until it is.
   * @throws Error it was refused for a reason that a repeat does not mend
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is the document's
  async ask(token: string, query: string, variables: object = {}): Promise<any> {
    const began = performance.now();
    let at = Math.floor(Math.random() * this.urls.length);
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, MAX_PAUSE_MS)) {
      this.signal.throwIfAborted();
      this.counts.sent++;
      const url = this.urls[at++ % this.urls.length] ?? "";
      const answer = await this.send(url, token, query, variables).catch(() => undefined);
      if (!answer) this.counts.unanswered++;
      else if (answer.errors?.some(({ extensions }) => extensions.kind === "UNAVAILABLE")) this.counts.busy++;
      else if (answer.errors || !answer.data) throw new Error(`refused: ${JSON.stringify(answer)}`);
      else {
        this.slowestMs = Math.max(this.slowestMs, performance.now() - began);
        return answer.data;
      }
      await pause(wait * (0.5 + Math.random()));
    }
  }

  /** Sends a request to one server once. Throws when it is not answered whole. */
  send(url: string, token: string, query: string, variables: object = {}): Promise<Answer> {
    const body = JSON.stringify({ query, variables });
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      };
      const options = { method: "POST", agent: this.agent, headers, timeout: this.longestWaitMs };
      const asked = request(`${url}/graphql`, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("error", reject);
        response.once("close", () => {
          try {
            resolve(JSON.parse(text) as Answer);
          } catch {
            reject(new Error("A server that died while it answered left half a text."));
          }
        });
      });
      asked.once("error", reject);
      asked.once("timeout", () => asked.destroy());
      asked.end(body);
    });
  }
}
