import { connect, type Socket } from "node:net";
import { PATIENCE_MS } from "./patience";

/** Opens a TCP connection to a server, to send what no HTTP client would. */
export async function openConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ""));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/**
 * Sends a request line and headers as they are, and gives everything that the server answered until it closed the
 * connection. `Host` and `Connection: close` are added unless `isWhole`.
 */
export async function rawRequest(url: string, lines: string[], { isWhole = false } = {}): Promise<string> {
  const socket = await openConnection(url);
  const added = isWhole ? [] : [`Host: ${new URL(url).host}`, "Connection: close"];
  socket.write([...lines, ...added, "", ""].join("\r\n"), "latin1");
  return answerOn(socket);
}

/** Everything that comes on a connection until it is closed. */
export function answerOn(socket: Socket, withinMs = PATIENCE_MS): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const tooLate = setTimeout(
      () => reject(new Error(`not closed in time: ${text.slice(0, 500)}`)),
      withinMs,
    );
    socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
    socket.once("close", () => {
      clearTimeout(tooLate);
      resolve(text);
    });
  });
}
