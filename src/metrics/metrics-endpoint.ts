import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Connections } from "../transport/connections/connections";

/** The figures cannot be served where the operator wants them; the message says why. */
export class MetricsRefused extends Error {
  override readonly name = "MetricsRefused";
}

/** The refusal for an error met while listening. */
export function metricsRefused(error: unknown): MetricsRefused {
  const mend = "Set METRICS_HOST and METRICS_PORT to an address of this machine that is free.";
  return new MetricsRefused(`The metrics cannot be served: ${(error as Error).message}. ${mend}`);
}

/**
 * Serves the figures at `/metrics`, in Prometheus' text form, on a port of their own: whoever may reach the API does not
 * reach this. Gives back where, and what ends it.
 * @throws MetricsRefused the address cannot be listened on
 */
export async function openMetricsEndpoint(
  { host, port }: { host: string; port: number },
  { log, connections }: { log: Logger; connections: Connections },
  figures: () => Promise<string>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(connections.timeouts, (request, response) => {
    answer(request, response, connections, figures).catch((error: unknown) => {
      log.error({ err: error }, "the figures could not be told");
      response.writeHead(500).end();
    });
  });
  connections.watch(server);
  server.listen(port, host);
  await once(server, "listening").catch((error: unknown) => {
    throw metricsRefused(error);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${taken}/metrics`;
  log.info({ url }, "metrics are served");
  const close = async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url, close };
}

async function answer(
  { method, url = "", socket }: IncomingMessage,
  response: ServerResponse,
  connections: Connections,
  figures: () => Promise<string>,
): Promise<void> {
  if (method !== "GET" || url.split("?")[0] !== "/metrics") return void response.writeHead(404).end();
  const text = await figures();
  connections.of(socket).announceAnswer(Buffer.byteLength(text), response);
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
}
