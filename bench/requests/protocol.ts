import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the bench asks a reference server over IPC. */
export type Command = { cpu: true };

/** What a reference server says. */
export type Report = { url: string } | { cpuMs: number };

/** What the program that makes the load is told to do. */
export interface LoadJob {
  url: string;
  requests: { body: string; token: string }[];
  connections: number;
  /** No further request is sent after these. */
  seconds: number;
  /** Nor after so many; without it the list begins again and again. */
  count?: number;
}

/** What came of it. */
export interface LoadResult {
  count: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

/** Listens on a free loopback port, tells where, and answers the bench's questions in a reference server's process. */
export function serveReference(server: Server): void {
  server.listen(0, "127.0.0.1", () => tellUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}

/** Tells where the server listens, and from then on how much CPU time this process has used. */
export function tellUrl(url: string): void {
  const tell = (report: Report) => process.send?.(report);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    tell({ cpuMs: (user + system) / 1_000 });
  });
  process.on("disconnect", () => process.exit(0));
  tell({ url });
}
