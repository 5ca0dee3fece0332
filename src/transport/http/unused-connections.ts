import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Watches for connections on which nothing was ever asked; Node does not count them as idle, and a server that stops would
 * wait a minute for them. Returns what closes those there are.
 */
export function watchUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  const used = ({ socket }: IncomingMessage) => unused.delete(socket);
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", used);
  server.on("upgrade", used);
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
