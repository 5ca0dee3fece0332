import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Instant } from "../../src/values/instant";

/** What the process is told: deliver everything that is due at this time. */
export interface Serve {
  now: Instant;
}

/** What it answers when it has. */
export interface Served {
  error?: string;
}

/** A node's webhook sender in a process of its own, which can be killed at any moment; the next order starts another one. */
export class Sender {
  private child: ChildProcess | undefined;
  private written = "";

  constructor(private readonly environment: Record<string, string>) {}

  /**
   * Lets it deliver what is due at a time; true when it did, false when it was killed meanwhile.
   * @throws Error it ended by itself, or says why it could not
   */
  async deliver(now: Instant): Promise<boolean> {
    const child = (this.child ??= this.start());
    const over = new AbortController();
    const answered = once(child, "message", { signal: over.signal });
    const ended = once(child, "exit", { signal: over.signal });
    answered.catch(() => undefined);
    ended.catch(() => undefined);
    child.send({ now } satisfies Serve);
    const [word] = (await Promise.race([answered, ended])) as [Served | number | null];
    over.abort();
    if (word === null) return false;
    if (typeof word === "number")
      throw new Error(`the sender ended by itself with ${word}:\n${this.written.slice(-2_000)}`);
    if (word.error !== undefined) throw new Error(word.error);
    return true;
  }

  /** What its processes have written to their standard output and error so far. */
  output(): string {
    return this.written;
  }

  /** Kills it at once, as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  private start(): ChildProcess {
    const child = fork(join(__dirname, "sender-child.ts"), {
      execArgv: ["-r", "@swc-node/register"],
      cwd: join(__dirname, "../.."),
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (this.written += text));
    return child;
  }
}
