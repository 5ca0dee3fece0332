import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between a program and its MariaDB, and can cut a connection at its COMMIT. */
export interface CuttingProxy {
  /** The database's address with the proxy's host and port in it. */
  url: string;
  /**
   * Cuts the connection that sends the next COMMIT: either before the server hears of it, or after the server has
   * answered and before the program hears of that. In both cases the program cannot know which.
   */
  cutNextCommit(when: "before the server hears" | "before the answer arrives"): void;
  /** Whether the connection that was to be cut has not been cut yet. */
  readonly isToCut: boolean;
  close(): Promise<void>;
}

/** Starts a proxy in front of a MariaDB. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  let cut: Parameters<CuttingProxy["cutNextCommit"]>[0] | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((program) => {
    const database = connect(Number(target.port), target.hostname);
    let silenced = false;
    const end = () => {
      program.destroy();
      database.destroy();
    };
    for (const socket of [program, database]) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    program.on("data", (bytes) => {
      if (!cut || !bytes.includes("COMMIT")) return void database.write(bytes);
      const when = cut;
      cut = undefined;
      if (when === "before the server hears") return end();
      silenced = true;
      database.write(bytes);
    });
    database.on("data", (bytes) => (silenced ? end() : program.write(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutNextCommit: (when) => (cut = when),
    get isToCut() {
      return cut !== undefined;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
