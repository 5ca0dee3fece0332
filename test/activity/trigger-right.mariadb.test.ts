import { createConnection } from "mysql2/promise";
import { SchemaRefused } from "../../src/database/migrate";
import { openDatabase } from "../../src/database/open-database";
import { type PrivateMariadb, startMariadb } from "../support/mariadb-server";

let server: PrivateMariadb;
beforeAll(async () => {
  server = await startMariadb(["--log-bin=binlog", "--server-id=1"]);
});
afterAll(() => server.stop());

async function asAdmin(...statements: string[]): Promise<void> {
  const connection = await createConnection(server.url);
  for (const statement of statements) await connection.query(statement);
  await connection.end();
}

/** A user as an operator usually makes it: all rights on one database, none on the server. */
async function aPlainUser(name: string, rights = "ALL PRIVILEGES"): Promise<string> {
  await asAdmin(
    `CREATE DATABASE ${name}`,
    `CREATE USER '${name}'@'%' IDENTIFIED BY 'plain'`,
    `GRANT ${rights} ON ${name}.* TO '${name}'@'%'`,
  );
  const { host } = new URL(server.url);
  return `mysql://${name}:plain@${host}/${name}`;
}

const open = (url: string) =>
  openDatabase({ family: "mysql", url, poolSize: 2 }, { onProgress: () => undefined });

describe("a server that lets no plain user make triggers", () => {
  // TypeORM writes there that a migration failed.
  beforeEach(() => void jest.spyOn(console, "log").mockImplementation(() => undefined));
  afterEach(() => jest.restoreAllMocks());

  it("because of its binary log is refused with the way out, and started on when that was gone", async () => {
    const url = await aPlainUser("with_binlog");
    const opening = open(url);
    await expect(opening).rejects.toThrow(SchemaRefused);
    await expect(opening).rejects.toThrow(/log_bin_trust_function_creators = 1/);

    await asAdmin("SET GLOBAL log_bin_trust_function_creators = 1");
    const database = await open(url);
    const triggers = await database.schemaSource.query<unknown[]>("SHOW TRIGGERS");
    await database.close();
    expect(triggers).toHaveLength(2);
  });

  it("because it did not grant TRIGGER is refused with the way out too", async () => {
    const rights = "CREATE, ALTER, DROP, INDEX, REFERENCES, SELECT, INSERT, UPDATE, DELETE";
    const opening = open(await aPlainUser("without_trigger", rights));
    await expect(opening).rejects.toThrow(SchemaRefused);
    await expect(opening).rejects.toThrow(/grant this user TRIGGER/);
  });
});
