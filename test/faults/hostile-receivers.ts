import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { Random } from "../execution/random";
import { bytes } from "./hostile-requests";

/** A webhook receiver that speaks no proper HTTP. */
export interface HostileReceiver {
  url: string;
  /** How many requests it got. */
  readonly asked: number;
  close(): Promise<void>;
}

const ANSWERS: ((random: Random) => Buffer | string)[] = [
  () => "HTTP/1.1 204 No Content\r\n\r\n",
  () => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
  () => "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
  () => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  () => "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n",
  () => "HTTP/1.1 999 \u0007\u001b[31m\r\n\r\n",
  () => "HTTP/1.1 099 X\r\n\r\n",
  () => "HTTP/1.1 100 Continue\r\n\r\n".repeat(50),
  () => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
  () => "HTTP/1.1 500 X\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfe\0a\0b\ud800",
  (random) =>
    `HTTP/1.1 503 X\r\nRetry-After: ${"9".repeat(random.below(400))}\r\nX: ${"y".repeat(random.below(60_000))}\r\n\r\n`,
  (random) => `HTTP/1.1 400 X\r\n\r\n${"<script>'\"\0\u202e".repeat(random.below(3_000))}`,
  (random) =>
    Buffer.concat([Buffer.from("HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\n\r\n"), bytes(random, 400)]),
  (random) => bytes(random, random.below(2_000)),
  () => "SSH-2.0-OpenSSH_9.2\r\n",
  () => "",
];

/** Listens on loopback, and gives each connection a wrong answer: the same seed gives the same ones in the same order. */
export async function hostileReceiver(seed: number): Promise<HostileReceiver> {
  let asked = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => open.delete(socket));
    const random = new Random(seed, "receiver", ++asked);
    socket.once("data", () => {
      const answer = random.pick(ANSWERS)(random);
      if (random.chance(0.1)) return socket.resetAndDestroy();
      socket.end(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    get asked() {
      return asked;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
