import { once } from "node:events";
import { createServer } from "node:net";
import type { Config } from "../../config/config";
import { metricsRefused } from "../../metrics/metrics-endpoint";

/**
 * Listens for a moment where the server will listen, so that an address that cannot be had is told before anything is opened,
 * made or changed. Between this and the server's own listening another program can still be faster: then that tells it.
 * @throws Error of the operating system, such as EADDRINUSE
 * @throws MetricsRefused it is the address of the figures
 */
export async function ensureAddressesFree({
  host,
  port,
  metrics,
}: Pick<Config, "host" | "port" | "metrics">): Promise<void> {
  await listenOnce(host, port);
  if (!metrics) return;
  await listenOnce(metrics.host, metrics.port).catch((error: unknown) => {
    throw metricsRefused(error);
  });
}

async function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen({ host, port });
  await once(server, "listening");
  server.close();
  await once(server, "close");
}
