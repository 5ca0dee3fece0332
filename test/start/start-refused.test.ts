import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import libsql from "libsql";
import { createConnection } from "mysql2/promise";
import { loadConfig } from "../../src/config/config";
import { openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { makeDevelopmentBuild } from "../upgrade/development-build";
import { buildProgram, type Ended, type Program } from "./program";
import { aRefusingMysql } from "./refusing-mysql";

let program: Program;
let database: TestDatabase;
let environment: Record<string, string>;
beforeAll(async () => {
  program = await buildProgram();
  database = await makeTestDatabase();
  environment = { ...database.environment, PORT: "0", LOG_LEVEL: "fatal" };
});
afterAll(async () => {
  await program.remove();
  await database.drop();
});

const startWith = (more: Record<string, string>): Promise<Ended> =>
  program.start({ ...environment, ...more }).ended;

const linesOf = (text: string) => text.replace(/\n$/, "").split("\n");

/** Ended by itself, not happily, with one line that says why. */
function expectOneLine({ code, stdout, stderr, ms }: Ended): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(linesOf(stderr)).toHaveLength(1);
  expect(ms).toBeLessThan(30_000);
  return stderr;
}

describe("a start that cannot be", () => {
  it("because the port is taken says so in one line", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    const fresh = await makeTestDatabase();
    const line = expectOneLine(await startWith({ ...fresh.environment, PORT: String(port) }));
    expect(line).toMatch(new RegExp(`The port is taken: .*127\\.0\\.0\\.1:${port}.*Set PORT`));
    const metrics = expectOneLine(await startWith({ ...fresh.environment, METRICS_PORT: String(port) }));
    expect(metrics).toMatch(/^The metrics cannot be served: .*Set METRICS_HOST and METRICS_PORT/);
    // Nothing was made before that was known.
    expect(readdirSync(fresh.folder)).toEqual([]);
    await fresh.drop();
    holder.close();
  });

  it("because the data folder is a file says so in one line", async () => {
    for (const DATA_DIR of ["/etc/passwd", "/etc/passwd/data"]) {
      const line = expectOneLine(await startWith({ DATA_DIR, DATABASE_URL: "" }));
      expect(line).toMatch(
        /^The data folder \/etc\/passwd\S* cannot be made: .*\. Set DATA_DIR to a folder in which this user may write\.\n$/,
      );
    }
  });

  it("because another process holds the write lock of the database file says so in one line", async () => {
    const locked = await makeTestDatabase({ migrated: true });
    if (locked.address.family === "sqlite") {
      const holder = new libsql(locked.address.file);
      holder.exec("BEGIN IMMEDIATE");
      const line = expectOneLine(await startWith(locked.environment));
      expect(line).toMatch(/^Another process is writing to the database file\. The request waited 5\.\d s/);
      holder.close();
    }
    await locked.drop();
  });

  it("because of the configuration lists every problem at once, naming the variables", async () => {
    const { code, stdout, stderr } = await startWith({
      NODE_ENV: "production",
      DEVELOPMENT_ISSUER: "on",
      PORT: "eighty",
      LOG_LEVEL: "loud",
      DATABASE_URL: "postgres://u:hunter2@h/d",
      REDIS_URL: "localhost",
      DEMO: "perhaps",
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [head, ...problems] = linesOf(stderr);
    expect(head).toBe("The configuration is not valid:");
    expect(problems.map((line) => line.trim().split(" ")[0]).sort()).toEqual(
      ["DATABASE_URL", "DEMO", "DEVELOPMENT_ISSUER", "LOG_LEVEL", "PORT", "PUBLIC_URL", "REDIS_URL"].sort(),
    );
    expect(stderr).not.toContain("hunter2");
  });

  it("because the development issuer is on in production says why", async () => {
    const more = { NODE_ENV: "production", DEVELOPMENT_ISSUER: "on", PUBLIC_URL: "https://p.example" };
    const { code, stderr } = await startWith(more);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "DEVELOPMENT_ISSUER must not be on in production: anybody could sign in under anybody's name",
    );
  });

  it("because nothing listens where the database should be names the address, not the password", async () => {
    const line = expectOneLine(
      await startWith({ DATABASE_URL: "mysql://someone:hunter2@127.0.0.1:1/partners" }),
    );
    expect(line).toMatch(/mysql:\/\/127\.0\.0\.1:1\/partners cannot be used: .*ECONNREFUSED/);
    expect(line).not.toMatch(/hunter2|someone/);
  });

  it("because the database was upgraded by a newer version says what to do", async () => {
    const upgraded = await makeTestDatabase();
    const { database: address } = loadConfig(upgraded.environment);
    const opened = await openDatabase(address, { onProgress: () => undefined });
    await opened.schemaSource.query(
      "INSERT INTO schema_migration (timestamp, name) VALUES (9999999999999, 'BreakingFuture9999999999999')",
    );
    await opened.close();
    const line = expectOneLine(await startWith(upgraded.environment));
    expect(line).toMatch(
      /newer version.*BreakingFuture9999999999999.*Start that version, or restore a backup/,
    );
    await upgraded.drop();
  });

  it("because a development build made the database lists what is missing, and says what to do", async () => {
    const old = await makeTestDatabase();
    await makeDevelopmentBuild(old);
    const { code, stdout, stderr } = await startWith(old.environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    const [head, ...lines] = linesOf(stderr);
    expect(head).toBe("The database does not have the schema that this version of Partnergraph needs:");
    expect(lines).toContain("  - column webhook_endpoint.customerId is missing: varchar(40), may be null");
    expect(stderr).toMatch(/What to do:\n {2}- A development build .* set DATA_DIR to another folder/);
    await old.drop();
  });
});

describe("a start with a damaged file in the data folder", () => {
  it.each([
    ["development-issuer.json", "{", "is damaged: it holds no key pair. Remove it"],
    ["development-secrets.key", "c2hvcnQ=", "is damaged: it does not hold 32 bytes in base64"],
  ])("says in one line what %s lacks and what to do, without repeating it", async (file, text, problem) => {
    const damaged = await makeTestDatabase({ migrated: true });
    writeFileSync(join(damaged.folder, file), text);
    const line = expectOneLine(await startWith(damaged.environment));
    expect(line).toContain(`${file} ${problem}`);
    expect(line).not.toContain("c2hvcnQ");
    await damaged.drop();
  });
});

const onSqlite = testDatabase === "sqlite" ? describe : () => undefined;

onSqlite("a start with a file that is no database", () => {
  it("says so in one line, and what to do", async () => {
    const foreign = await makeTestDatabase();
    writeFileSync(join(foreign.folder, "partnergraph.sqlite"), "This is a letter.".repeat(200));
    const line = expectOneLine(await startWith(foreign.environment));
    expect(line).toMatch(/partnergraph\.sqlite cannot be used: .*The file is no SQLite database/);
    await foreign.drop();
  });
});

const onMariadb = testDatabase === "mariadb" ? describe : () => undefined;

onMariadb("a start against a server that refuses us", () => {
  it("because the user has no rights says which grant is missing, in one line", async () => {
    const url = new URL(environment.DATABASE_URL ?? "");
    const name = url.pathname.slice(1);
    const root = await createConnection(url.href);
    for (const [user, grant, wanted] of [
      ["nothing", undefined, "ER_DBACCESS_DENIED_ERROR"],
      ["reader", `GRANT SELECT ON \`${name}\`.* TO 'reader'@'%'`, "ER_TABLEACCESS_DENIED_ERROR"],
    ] as const) {
      await root.query(`CREATE OR REPLACE USER '${user}'@'%' IDENTIFIED BY 'hunter2hunter2'`);
      if (grant) await root.query(grant);
      const own = new URL(url);
      [own.username, own.password] = [user, "hunter2hunter2"];
      const line = expectOneLine(await startWith({ DATABASE_URL: own.href }));
      expect(line).toContain(wanted);
      expect(line).toContain(`GRANT ALL PRIVILEGES ON \`${name}\`.* TO '${user}'@'%'`);
      expect(line).not.toContain("hunter2");
      await root.query(`DROP USER '${user}'@'%'`);
    }
    await root.end();
  });

  it.each([
    ["when it has no quorum", 1047, "WSREP has not yet prepared node for application use", /no quorum/],
    ["when it only reads", 1290, "running with the --read-only option", /only reads/],
    ["when it has no connection left", 1040, "Too many connections", /limit of connections/],
  ])("%s says so in one line, and what to do, also to a command", async (_when, errno, message, remedy) => {
    const server = await aRefusingMysql(errno, message);
    const address = { DATABASE_URL: `mysql://u:hunter2hunter2@127.0.0.1:${server.port}/partners` };
    const line = expectOneLine(await startWith(address));
    expect(line).toMatch(remedy);
    expect(line).not.toContain("hunter2");
    const { code, stderr } = await program.partnergraph(["verify"], { ...environment, ...address });
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toMatch(remedy);
    server.close();
  });

  it("because there is no such database says so in one line", async () => {
    const url = new URL(environment.DATABASE_URL ?? "");
    url.pathname = "/not_there";
    const line = expectOneLine(await startWith({ DATABASE_URL: url.href }));
    expect(line).toMatch(/\/not_there cannot be used: .*(Unknown database|ER_BAD_DB_ERROR|denied)/);
    expect(line).not.toContain(url.password);
  });

  it("because the password is wrong says so in one line, without any password", async () => {
    const url = new URL(environment.DATABASE_URL ?? "");
    const { password } = url;
    url.password = "hunter2";
    const line = expectOneLine(await startWith({ DATABASE_URL: url.href }));
    expect(line).toMatch(/cannot be used: .*Access denied/);
    expect(line).not.toContain("hunter2");
    expect(line).not.toContain(password);
    await (await createConnection(environment.DATABASE_URL ?? "")).end();
  });
});
