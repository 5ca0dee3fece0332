import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Where redis-server is; nothing where it is not installed. */
export function redisProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, "redis-server")).find(existsSync);
}

/** A Redis of the test's own, on a socket file in a folder of its own, and on a loopback port if one is given. */
export class PrivateRedis {
  private readonly folder = mkdtempSync(join(tmpdir(), "partnergraph-redis-"));
  private readonly socket = join(this.folder, "socket");
  private server?: ChildProcess;

  /** Without a password it takes everybody, as Redis does when it is not told otherwise. */
  constructor(
    private readonly port = 0,
    private readonly password?: string,
  ) {}

  /** What a client connects to. */
  get url(): string {
    const credentials = this.password === undefined ? "" : `:${this.password}@`;
    return this.port > 0 ? `redis://${credentials}127.0.0.1:${this.port}` : this.socket;
  }

  /** Starts it, also again after it was killed, and waits until it takes connections. */
  async start(): Promise<void> {
    const program = redisProgram() ?? "";
    const options = [
      "--port",
      String(this.port),
      "--bind",
      "127.0.0.1",
      "--unixsocket",
      this.socket,
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      this.folder,
      ...(this.password === undefined ? [] : ["--requirepass", this.password]),
    ];
    this.server = spawn(program, options, { stdio: "ignore" });
    while (!(await this.takesConnections())) await pause(10);
  }

  private takesConnections(): Promise<boolean> {
    return new Promise((resolve) => {
      const trial = connect(this.socket);
      trial.once("connect", () => {
        trial.destroy();
        resolve(true);
      });
      trial.once("error", () => resolve(false));
    });
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
    rmSync(this.socket, { force: true });
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
