import WebSocket from "ws";
import { DOCUMENT, type Heard } from "./protocol";

/** Opens this many listeners and tells how many messages all of them have got, ten times a second. */
const [url = "", token = "", count = "0"] = process.argv.slice(2);
let connected = 0;
let received = 0;
let sample: string | undefined;

function listen(id: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    socket.once("error", reject);
    socket.on("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })),
    );
    socket.on("message", (bytes: Buffer) => {
      if (bytes.includes('"next"')) {
        received++;
        sample ??= bytes.toString();
        return;
      }
      if (bytes.includes('"ping"')) return;
      if (!bytes.includes("connection_ack")) return reject(new Error(bytes.toString()));
      socket.send(JSON.stringify({ type: "subscribe", id: `listener-${id}`, payload: { query: DOCUMENT } }));
      connected++;
      resolve();
    });
  });
}

async function main(): Promise<void> {
  for (let id = 0; id < Number(count); id += 50) {
    await Promise.all(Array.from({ length: Math.min(50, Number(count) - id) }, (_, at) => listen(id + at)));
  }
  const tell = (heard: Heard) => process.send?.(heard);
  tell({ connected });
  setInterval(() => tell({ received, sample }), 100);
  process.on("disconnect", () => process.exit(0));
}

void main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
