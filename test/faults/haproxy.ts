import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./server-node";

/** Where haproxy is; nothing where it is not installed. */
export function haproxyProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, "haproxy")).find(existsSync);
}

/** What operators are told to use; only its addresses are replaced. */
const EXAMPLE = join(__dirname, "../../deploy/haproxy.cfg");

/** Requests that were answered well leave no line, so the log holds what went wrong and how the health checks went. */
const LOGGING = `defaults
    log stdout format raw local0
    option httplog
    option dontlog-normal
    option log-health-checks`;

/** The example with a loopback port, these servers and so many retries, and with a log. */
function configuration(port: number, servers: readonly string[], retries: number): string {
  const lines = readFileSync(EXAMPLE, "utf8").split("\n");
  const result = lines.flatMap((line) => {
    const [, name, address, rest] = /^( +server )server-1 (\S+)(.*)$/.exec(line) ?? [];
    if (name && address)
      return servers.map(
        (url, n) => `${name}server-${n + 1} ${new URL(url).host}${rest?.replace(/-1$/, `-${n + 1}`)}`,
      );
    if (/^ +server server-/.test(line)) return [];
    return line
      .replace(/^( +bind) .*/, `$1 127.0.0.1:${port}`)
      .replace(/^( +retries) .*/, `$1 ${retries}`)
      .replace(/^defaults$/, LOGGING);
  });
  return result.join("\n");
}

/** A haproxy that runs. */
export interface Haproxy {
  url: string;
  /** What its log says besides answers that were good: how often each line came, without its times and addresses. */
  logged(): Record<string, number>;
  stop(): Promise<void>;
}

/**
 * Starts a haproxy in front of servers, on a free loopback port, and waits until it passes requests on. It tries so many times to reach
 * another server with a request that reached none.
 * @throws Error it is not installed, or does not start
 */
export async function startHaproxy(servers: readonly string[], retries: number): Promise<Haproxy> {
  const program = haproxyProgram();
  if (!program) throw new Error("haproxy is not installed. Get it with: apt-get install haproxy");
  const folder = mkdtempSync(join(tmpdir(), "partnergraph-haproxy-"));
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  const logFile = join(folder, "haproxy.log");
  writeFileSync(file, configuration(port, servers, retries));
  const log = openSync(logFile, "w");
  // -db: in the foreground, so that it ends with its process.
  const child = spawn(program, ["-db", "-f", file], { stdio: ["ignore", log, "pipe"] });
  closeSync(log);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
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
  return { url, stop, logged: () => countLines(readFileSync(logFile, "utf8")) };
}

/** A request: the server, the status, and the two letters that say which side ended it and when (section 8.5 of haproxy's manual). */
const REQUEST = /\] partnergraph (\S+) \S+ (-?\d+) -?\d+ - - (\S\S)/;
const CHECK = /^Health check for server (\S+) failed, reason: ([\w ]+(?:, code: \d+)?)/;
const STATE = /^Server (\S+) is (UP|DOWN)/;

function countLines(log: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of log.split("\n")) {
    const [, ...words] = REQUEST.exec(line) ?? CHECK.exec(line) ?? STATE.exec(line) ?? [];
    if (words.length > 0) counts[words.join(" ")] = (counts[words.join(" ")] ?? 0) + 1;
  }
  return counts;
}

const isOver = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function passesOn(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  return answer?.status === 200;
}
