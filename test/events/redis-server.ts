import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Where redis-server is; nothing where it is not installed. */
export function redisProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, "redis-server")).find(existsSync);
}

/** A Redis of the test's own, on a socket file in a folder of its own. */
export class PrivateRedis {
  private readonly folder = mkdtempSync(join(tmpdir(), "partnergraph-redis-"));
  /** What a client connects to. */
  readonly url = join(this.folder, "socket");
  private server?: ChildProcess;

  /** Starts it, also again after it was killed, and waits until it takes connections. */
  async start(): Promise<void> {
    const program = redisProgram() ?? "";
    const options = [
      "--port",
      "0",
      "--unixsocket",
      this.url,
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      this.folder,
    ];
    this.server = spawn(program, options, { stdio: "ignore" });
    while (!existsSync(this.url)) await pause(10);
  }

  /** Leaves its connections open and answers nothing more. */
  freeze(): void {
    this.server?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    this.server?.kill("SIGCONT");
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
    rmSync(this.url, { force: true });
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
