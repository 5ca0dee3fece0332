import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as a receiver got it. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body, parsed. */
  event: { id: string; type: string; position: number | null; data: { companyName?: string } };
}

/** How a receiver answers; it gets the request, and how many came before. */
export type Answering = (response: ServerResponse, request: Received, before: number) => void;

/** A real receiver on loopback. */
export interface Receiver {
  url: string;
  /** Everything that came, in order. */
  got: Received[];
  /** What it was told, by the words of `write`. */
  words(): (string | undefined)[];
  /** Answers so from now on. */
  answer(answering: Answering): void;
  /** How many requests it is answering right now, and the most that it ever did. */
  readonly most: number;
  close(): Promise<void>;
}

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    response.writeHead(code, headers).end();

/** Never answers. */
export const hang: Answering = () => undefined;

/** Answers 200, and then one byte after the other without an end. */
export const drip: Answering = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write("."), 20);
  response.on("close", () => clearInterval(timer));
};

/** Answers 200, and then one header after the other without an end. */
export const dripHeaders: Answering = (response) => {
  response.socket?.write("HTTP/1.1 200 OK\r\n");
  const timer = setInterval(() => response.socket?.write("x-drip: 1\r\n"), 20);
  response.on("close", () => clearInterval(timer));
};

/** Answers the first request when it is told to, and all others at once. */
export function heldBack(): { answering: Answering; answer: (code: number) => void } {
  let answer: (code: number) => void = () => undefined;
  const answering: Answering = (response, _request, before) => {
    if (before === 0) answer = (code) => response.writeHead(code).end();
    else response.writeHead(204).end();
  };
  return { answering, answer: (code) => answer(code) };
}

/** Starts a receiver that answers 204. */
export async function aReceiver(): Promise<Receiver> {
  let answering: Answering = status(204);
  let now = 0;
  let most = 0;
  const got: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    most = Math.max(most, ++now);
    response.once("close", () => now--);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const { headers } = request;
      const received = {
        path: request.url ?? "",
        headers,
        body,
        event: JSON.parse(body) as Received["event"],
      };
      got.push(received);
      answering(response, received, got.length - 1);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    got,
    words: () => got.map(({ event }) => event.data?.companyName),
    answer: (other) => (answering = other),
    get most() {
      return most;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
