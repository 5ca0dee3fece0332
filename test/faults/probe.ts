import { Agent, request } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { summary, type Summary } from "./statistics";

/** What a probe asks. */
export interface ProbeTarget {
  url: string;
  /** Of an organization that has no part in the load. */
  token: string;
  /** Milliseconds between two questions of a kind. */
  everyMs: number;
}

/** How long the answers took, in milliseconds from when each was due to be asked. */
export interface ProbeReport {
  health: Summary;
  query: Summary;
  /** Questions that were not answered as they should have been. */
  failed: number;
  /** The longest time for which the probe itself was not run by the system; its figures mean nothing below this. */
  ownLagMs: number;
}

const QUERY = JSON.stringify({ query: "{ viewer { kind } }" });
const TIMEOUT_MS = 30_000;

/**
 * Asks a server's `/healthz` and a small query at fixed times, whether or not the questions before were answered, and notes
 * how long each took. It belongs into a process of its own: what it measures must not be its own delays.
 */
export class Probe {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly lag = monitorEventLoopDelay({ resolution: 5 });
  private took = { health: [] as number[], query: [] as number[] };
  private failed = 0;
  private open = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Begins to ask. */
  start({ url, token, everyMs }: ProbeTarget): void {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const began = performance.now();
    let asked = 0;
    this.lag.enable();
    // A late timer asks all that has become due meanwhile, each with its own time.
    this.timer = setInterval(() => {
      for (; began + asked * everyMs <= performance.now(); asked++) {
        const due = began + asked * everyMs;
        this.ask(`${url}/healthz`, "GET", {}, undefined, due, this.took.health);
        this.ask(`${url}/graphql`, "POST", headers, QUERY, due, this.took.query);
      }
    }, everyMs / 2);
  }

  /** What was measured since the last report. */
  report(): ProbeReport {
    const { health, query } = this.took;
    const report = {
      ...{ health: summary(health), query: summary(query), failed: this.failed },
      ownLagMs: Math.round(this.lag.max / 1e6),
    };
    this.took = { health: [], query: [] };
    this.failed = 0;
    this.lag.reset();
    return report;
  }

  /** Asks nothing more, waits for the answers that are due, and gives what was measured since the last report. */
  async stop(): Promise<ProbeReport> {
    clearInterval(this.timer);
    while (this.open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    this.agent.destroy();
    return this.report();
  }

  private ask(
    url: string,
    method: string,
    headers: Record<string, string>,
    body: string | undefined,
    due: number,
    took: number[],
  ): void {
    this.open++;
    let isRight = false;
    const asked = request(url, { method, headers, agent: this.agent, timeout: TIMEOUT_MS }, (response) => {
      response.once("data", (chunk: Buffer) => {
        took.push(performance.now() - due);
        isRight = response.statusCode === 200 && !chunk.includes('"errors"');
      });
      response.resume();
    });
    asked.once("error", () => undefined);
    asked.once("timeout", () => asked.destroy());
    asked.once("close", () => {
      this.open--;
      if (!isRight) this.failed++;
    });
    asked.end(body);
  }
}
