import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./server-node";

/** Where haproxy is; nothing where it is not installed. */
export function haproxyProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "haproxy")).find(existsSync);
}

/**
 * As docs/operating.md has it: a server that is not ready gets nothing new from the next check on, what is open stays, and a request is
 * sent to another server only where it never reached one.
 */
const configuration = (port: number, servers: readonly string[]) => `
global
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  timeout check 5s
  option redispatch
  retries 3
  retry-on conn-failure
frontend partnergraph
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance leastconn
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter 500ms fall 3 rise 1
${servers.map((url, n) => `  server s${n} ${new URL(url).host}`).join("\n")}
`;

/**
 * Starts a haproxy in front of servers, on a free loopback port, and waits until it passes requests on.
 * @throws Error it is not installed, or does not start
 */
export async function startHaproxy(
  servers: readonly string[],
): Promise<{ url: string; stop(): Promise<void> }> {
  const program = haproxyProgram();
  if (!program) throw new Error("haproxy is not installed. Get it with: apt-get install haproxy");
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-haproxy-"));
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(file, configuration(port, servers));
  // -db: in the foreground, so that it ends with its process.
  const child = spawn(program, ["-db", "-f", file], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  while (!(await passesOn(url))) {
    if (isOver(child)) throw new Error(`haproxy ended by itself:\n${said}`);
    await pause(50);
  }
  return { url, stop };
}

const isOver = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function passesOn(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  return answer?.status === 200;
}
