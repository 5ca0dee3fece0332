import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { summary, type Summary } from "./statistics";

/** One request of a load. */
export interface LoadRequest {
  token: string;
  query: string;
  variables: object;
}

/** What came of a load. */
export interface LoadReport {
  sent: number;
  /** Requests that were not answered, or not with data alone. */
  failed: number;
  /** The first failures, in words. */
  failures: string[];
  answerMs: Summary;
}

const MAX_ANSWER_MS = 20_000;
const TICK_MS = 10;
const MAX_FAILURES_KEPT = 10;

/** Requests of a client that repeats nothing: each that is not answered with data, without errors, has failed. */
export class SteadyLoad {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 500 });
  private readonly answerMs: number[] = [];
  private readonly failures: string[] = [];
  private sent = 0;
  private failed = 0;
  private isOver = false;

  /** `next` makes the n-th request. */
  constructor(
    private readonly url: string,
    private readonly next: (n: number) => LoadRequest,
  ) {}

  /** Sends so many requests a second, whether or not the earlier ones are answered, until `stop` is called. */
  async run(rate: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const open = new Set<Promise<void>>();
    while (!this.isOver && !signal.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
      while (this.sent < due) {
        const one: Promise<void> = this.send(this.next(this.sent++)).finally(() => open.delete(one));
        open.add(one);
      }
      await pause(TICK_MS);
    }
    await Promise.all(open);
    this.agent.destroy();
  }

  /** Ends it; `run` resolves when everything is answered. */
  stop(): void {
    this.isOver = true;
  }

  /** What came of it by now. */
  report(): LoadReport {
    const { sent, failed, failures, answerMs } = this;
    return { sent, failed, failures, answerMs: summary(answerMs) };
  }

  private async send(asked: LoadRequest): Promise<void> {
    const startedAt = performance.now();
    const problem = await this.ask(asked);
    this.answerMs.push(performance.now() - startedAt);
    if (problem === undefined) return;
    this.failed++;
    if (this.failures.length < MAX_FAILURES_KEPT) this.failures.push(problem);
  }

  /** What is wrong with the answer; undefined for a good one. */
  private ask({ token, query, variables }: LoadRequest): Promise<string | undefined> {
    const body = JSON.stringify({ query, variables });
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    return new Promise((resolve) => {
      const options = { method: "POST", agent: this.agent, headers, timeout: MAX_ANSWER_MS };
      const asked = request(`${this.url}/graphql`, options, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.once("error", (error) => resolve(`the answer broke off: ${error.message}`));
        response.once("end", () => resolve(problemIn(response.statusCode ?? 0, text)));
      });
      asked.once("error", (error) => resolve(`no answer: ${error.message}`));
      asked.once("timeout", () => asked.destroy(new Error(`none within ${MAX_ANSWER_MS} ms`)));
      asked.end(body);
    });
  }
}

function problemIn(status: number, text: string): string | undefined {
  const isGood = status === 200 && !text.includes('"errors":') && !/"userErrors":\[\{/.test(text);
  return isGood ? undefined : `${status}: ${text.slice(0, 300)}`;
}
