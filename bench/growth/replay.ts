import WebSocket from "ws";
import type { LoadResult } from "../requests/protocol";
import type { GrowthSupply } from "./supply";

/** How many events a listener that comes back reads on. */
export const REPLAYED = 1_000;

const DOCUMENT = `subscription ($after: String) {
  events(after: $after) { id position cursor type occurredAt ... on CustomerEvent { customerId companyName domain } } }`;

/**
 * Listeners that come one after the other with an old cursor, from the middle of the stream, and read 1,000 events on over
 * a WebSocket, until the time is up. A figure is the time of one listener, from its subscribing to its last event.
 */
export async function replay(url: string, supply: GrowthSupply, seconds: number): Promise<LoadResult> {
  const latencies: number[] = [];
  const began = performance.now();
  do latencies.push(await readOn(url, supply));
  while (performance.now() - began < seconds * 1_000);
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? NaN;
  const took = (performance.now() - began) / 1_000;
  return { count: latencies.length, seconds: took, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function readOn(url: string, { readerToken, middleOfEvents: after }: GrowthSupply): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const send = (message: object) => socket.send(JSON.stringify(message));
    let began = 0;
    let got = 0;
    socket.once("error", reject);
    socket.on("open", () =>
      send({ type: "connection_init", payload: { authorization: `Bearer ${readerToken}` } }),
    );
    socket.on("message", (bytes: Buffer) => {
      if (bytes.includes('"next"') && !bytes.includes('"errors"')) {
        if (++got < REPLAYED) return;
        socket.terminate();
        resolve(performance.now() - began);
      } else if (bytes.includes("connection_ack")) {
        began = performance.now();
        send({ id: "replay", type: "subscribe", payload: { query: DOCUMENT, variables: { after } } });
      } else if (!bytes.includes('"ping"')) reject(new Error(bytes.toString()));
    });
  });
}
