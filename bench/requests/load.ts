import { connect, type Socket } from "node:net";
import type { LoadJob, LoadResult } from "./protocol";

/**
 * The client of the bench, in a process of its own: keep-alive connections, one request at a time on each, over bare
 * sockets, so that little of the machine goes to the load. Any answer that is not 200 with data ends the run.
 */
const SMALL = 4_096;
const HEAD_END = "\r\n\r\n";

process.on("message", (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));

async function run({ url, requests, connections, seconds, count = Infinity }: LoadJob): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const bytes = requests.map(({ body, token }) => requestBytes(host, body, token));
  const latencies: number[] = [];
  let next = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(hostname, Number(port))));
  const began = performance.now();
  const until = began + seconds * 1_000;
  const take = () => {
    if (performance.now() >= until || next >= count) return undefined;
    return bytes[next++ % bytes.length];
  };
  await Promise.all(sockets.map((socket) => drive(socket, take, latencies)));
  const took = (performance.now() - began) / 1_000;
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? NaN;
  return { count: latencies.length, seconds: took, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function requestBytes(host: string, body: string, token: string): Buffer {
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\n` +
      `content-length: ${length}\r\n\r\n${body}`,
  );
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Sends one request after the other until there is none left. */
function drive(socket: Socket, take: () => Buffer | undefined, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let chunks: Buffer[] = [];
    let got = 0;
    let wanted = Infinity;
    const send = () => {
      const bytes = take();
      if (!bytes) {
        socket.destroy();
        return resolve();
      }
      chunks = [];
      got = 0;
      wanted = Infinity;
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      got += chunk.length;
      if (wanted === Infinity) wanted = lengthOf(chunks);
      if (got < wanted) return;
      latencies.push(performance.now() - sentAt);
      const problem = problemOf(chunks, wanted);
      if (problem) return reject(new Error(problem));
      send();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("a server closed the connection")));
    send();
  });
}

/** How long head and body are together, as soon as the head is there. */
function lengthOf(chunks: Buffer[]): number {
  const head = Buffer.concat(chunks).toString("latin1");
  const end = head.indexOf(HEAD_END);
  if (end < 0) return Infinity;
  const length = /\r\ncontent-length: (\d+)/i.exec(head.slice(0, end));
  if (!length) throw new Error(`an answer without a length:\n${head.slice(0, end)}`);
  return end + HEAD_END.length + Number(length[1]);
}

/** A small answer is looked through; of a large one it is enough to see how it begins. */
function problemOf(chunks: Buffer[], length: number): string | undefined {
  const all = length < SMALL ? Buffer.concat(chunks) : (chunks[0] ?? Buffer.alloc(0));
  const text = all.toString("latin1", 0, SMALL);
  const isGood = text.startsWith("HTTP/1.1 200") && !/"errors":\[|"userErrors":\[\{/.test(text);
  return isGood ? undefined : `not a good answer:\n${text}`;
}
