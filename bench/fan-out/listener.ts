import WebSocket from "ws";
import { DOCUMENT } from "./protocol";

/** Opens one listener, and resolves when it has been let in; `onMessage` gets each result that comes. */
export function openListener(
  url: string,
  token: string,
  id: string,
  onMessage: (bytes: Buffer) => void = () => undefined,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    socket.once("error", reject);
    socket.on("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } })),
    );
    socket.on("message", (bytes: Buffer) => {
      if (bytes.includes('"next"')) return onMessage(bytes);
      if (bytes.includes('"ping"')) return;
      if (!bytes.includes("connection_ack")) return reject(new Error(bytes.toString()));
      socket.send(JSON.stringify({ type: "subscribe", id, payload: { query: DOCUMENT } }));
      resolve(socket);
    });
  });
}
