import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { serveBench } from "./protocol";

/** The floor: one Buffer, made once, sent to every socket of the bare `ws` library. Speaks just enough of the protocol. */
const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => {
  const { port } = sockets.address() as AddressInfo;
  const payload = Buffer.from(process.env.BENCH_MESSAGE ?? "");
  serveBench(`http://127.0.0.1:${port}`, async (count) => {
    for (let n = 0; n < count; n++) {
      for (const socket of sockets.clients) socket.send(payload, { binary: false });
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
});
sockets.on("connection", (socket) => {
  socket.on("message", (bytes: Buffer) => {
    if (bytes.includes("connection_init")) socket.send('{"type":"connection_ack"}');
  });
});
