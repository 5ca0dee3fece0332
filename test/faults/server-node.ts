import { randomInt } from "node:crypto";
import { get } from "node:http";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Program, Run } from "../start/program";

/** One server process of the built program on a port that it keeps, so that clients find it again after a kill. */
export class ServerNode {
  /** How long each start took until `/readyz` said ready, in milliseconds. */
  readonly readyAfter: number[] = [];
  private run: Run | undefined;

  constructor(
    private program: Program,
    private readonly environment: Record<string, string>,
    private readonly signal: AbortSignal,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.environment.PORT}`;
  }

  get pid(): number {
    return this.run?.process.pid ?? 0;
  }

  /** Whether its process runs; ready or not. */
  get isUp(): boolean {
    return this.run !== undefined && this.run.process.exitCode === null && !this.run.process.killed;
  }

  /** What the process wrote to its standard output and error since its last start. */
  get lastWords(): string {
    return `${this.run?.stdout}${this.run?.stderr}`;
  }

  /** From its next start on it is a process of this program, on the same port. */
  become(program: Program): void {
    this.program = program;
  }

  /** Starts the process without waiting for it. */
  spawn(): void {
    this.signal.throwIfAborted();
    this.run = this.program.start(this.environment);
  }

  /** Starts it, waits until it is ready, and notes how long that took. */
  async start(): Promise<void> {
    const began = performance.now();
    this.spawn();
    while (!(await this.isReady())) {
      this.signal.throwIfAborted();
      if (!this.isUp) throw new Error(`the server ended by itself:\n${this.lastWords}`);
      await pause(10);
    }
    this.readyAfter.push(performance.now() - began);
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    const { run } = this;
    run?.process.kill("SIGKILL");
    await run?.ended;
  }

  /** Waits until it has ended by itself; the exit code. */
  async end(): Promise<number | null | undefined> {
    return (await this.run?.ended)?.code;
  }

  /** Ends it as an operator would; the exit code. */
  async stop(): Promise<number | null | undefined> {
    const { run } = this;
    run?.process.kill("SIGTERM");
    return (await run?.ended)?.code;
  }

  /** Whether `/readyz` says within a second and a half that it may be sent requests. */
  isReady(): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = get(`${this.url}/readyz`, { agent: false, timeout: 1_500 }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      asked.once("error", () => resolve(false));
      asked.once("timeout", () => asked.destroy());
    });
  }
}

/**
 * A loopback port that nobody has now. Below the range that the system gives to clients: one that retries while the
 * server is down could be given the server's own port, and would talk to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise((resolve) => probe.close(resolve));
    if (isFree) return port;
  }
}
