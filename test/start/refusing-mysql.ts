import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { type Connection, createServer } from "mysql2";

/** A server that speaks MySQL's protocol, lets everybody in, tells its version, and refuses every other statement. */
export interface RefusingMysql {
  port: number;
  close(): void;
}

/** What mysql2 gives a server for each client; its types lack the most of it. */
interface ServedConnection extends Connection {
  sequenceId: number;
  serverHandshake(options: object): void;
  writeTextResult(rows: object[], columns: object[]): void;
  writeError(error: { code: number; message: string }): void;
  writeOk(): void;
  close(): void;
}

/** mysql2's server takes what a server of Node takes, and its types know the port only. */
interface ServedServer {
  _server: Server;
  listen(port: number, host: string): void;
}

const VERSION = "11.4.2-MariaDB";

/** Starts one that refuses with an error of this number, as a cluster without quorum does, or one that only reads. */
export async function aRefusingMysql(errno: number, message: string): Promise<RefusingMysql> {
  const open = new Set<ServedConnection>();
  const server = createServer((given) => {
    const connection = given as unknown as ServedConnection;
    open.add(connection);
    connection.on("error", () => undefined);
    connection.serverHandshake({
      ...{ protocolVersion: 10, serverVersion: VERSION, connectionId: open.size, statusFlags: 2 },
      ...{ characterSet: 45, capabilityFlags: 0xffffff ^ 0x800 },
      authCallback: (_credentials: object, done: (error: null, refusal: null) => void) => {
        done(null, null);
        connection.sequenceId = 0;
      },
    });
    const answer = (sql: string) => {
      // Each command begins to count its packets anew, which mysql2 leaves to the server.
      connection.sequenceId = 1;
      const isAllowed = /^(SET|SELECT VERSION\(\)|SHOW)/i.test(sql.trim());
      if (!isAllowed) connection.writeError({ code: errno, message });
      else if (/VERSION/i.test(sql)) answerVersion(connection);
      else connection.writeOk();
      connection.sequenceId = 0;
    };
    for (const command of ["query", "stmt_prepare"]) connection.on(command, answer);
  }) as unknown as ServedServer;
  server.listen(0, "127.0.0.1");
  await once(server._server, "listening");
  return {
    port: (server._server.address() as AddressInfo).port,
    close: () => {
      for (const connection of open) connection.close();
      server._server.close();
    },
  };
}

function answerVersion(connection: ServedConnection): void {
  const column = {
    ...{ catalog: "def", schema: "", table: "", orgTable: "", name: "version", orgName: "version" },
    ...{ characterSet: 45, columnLength: 100, columnType: 253, flags: 0, decimals: 0 },
  };
  connection.writeTextResult([{ version: VERSION }], [column]);
}
