import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** What a program asks its MariaDB to do. Of an execution the text is empty: it was said when it was prepared. */
export interface Command {
  kind: "query" | "prepare" | "execute";
  text: string;
}

/** Stands between a program and its MariaDB, and can answer in its place with an error while the connection stays open. */
export interface RefusingProxy {
  /** The database's address with the proxy's host and port in it. */
  url: string;
  /** Gives the number of the error to answer a command with; the server gets what has none. */
  refuse: (command: Command) => number | undefined;
  /** How many commands were refused so far. */
  refused: number;
  close(): Promise<void>;
}

/** What a Galera node answers with while it refuses queries, also to ROLLBACK and COMMIT. */
export const NOT_READY = 1047;

const KINDS: Record<number, Command["kind"]> = { 0x03: "query", 0x16: "prepare", 0x17: "execute" };
const HEADER = 4;

/** Starts a proxy in front of a MariaDB that refuses nothing yet. */
export async function startRefusingProxy(databaseUrl: string): Promise<RefusingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const proxy: RefusingProxy = {
    url: "",
    refuse: () => undefined,
    refused: 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  const server = createServer((program) => {
    const database = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [program, database],
      [database, program],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy()).on("close", () => other.destroy());
    }
    program.on(
      "data",
      eachPacket((packet) => pass(proxy, packet, program, database)),
    );
    database.on("data", (bytes) => program.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return Object.assign(proxy, { url: url.href });
}

function pass(proxy: RefusingProxy, packet: Buffer, program: Socket, database: Socket): void {
  // A command begins a sequence; what follows it, and the handshake, does not.
  const kind = packet[3] === 0 ? KINDS[packet[HEADER] ?? 0] : undefined;
  const text = kind && kind !== "execute" ? packet.subarray(HEADER + 1).toString() : "";
  const errno = kind && proxy.refuse({ kind, text });
  if (errno === undefined) return void database.write(packet);
  proxy.refused++;
  const number = Buffer.from([0xff, errno & 0xff, errno >> 8]);
  const answer = Buffer.concat([
    number,
    Buffer.from("#08S01WSREP has not yet prepared node for application use"),
  ]);
  program.write(Buffer.concat([Buffer.from([answer.length, 0, 0, 1]), answer]));
}

/** Cuts what arrives into packets of the protocol: three bytes of length, one of sequence, and the rest. */
function eachPacket(onPacket: (packet: Buffer) => void): (bytes: Buffer) => void {
  let waiting = Buffer.alloc(0);
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= HEADER) {
      const length = HEADER + waiting.readUIntLE(0, 3);
      if (waiting.length < length) return;
      onPacket(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  };
}
