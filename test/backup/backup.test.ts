import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import libsql from "libsql";
import { allEntities } from "../../entities";
import type { Database } from "../../src/database/database";
import { openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";
import { startTestServer, type TestServer } from "../support/test-server";
import { restoreDatabase } from "../upgrade/database-dump";
import { fixtureFiles, releasesWithFixture } from "../upgrade/release-fixture";
import { runHere } from "../commands/admin-in-process";

const onSqlite = testDatabase === "sqlite";

let original: TestDatabase;
let server: TestServer;
let made = 0;
beforeAll(async () => {
  original = await makeTestDatabase({ migrated: true });
  server = await startTestServer({}, original);
});
afterAll(async () => {
  await server.stop();
  await original.drop();
});

const partnergraph = (args: string[], { environment }: TestDatabase) =>
  runHere(args, { ...environment, LOG_LEVEL: "silent" });

/** A backup of the original, in a file of its own. */
async function aBackup(): Promise<string> {
  const file = join(original.folder, `backup-${++made}`);
  const { code, stdout, stderr } = await partnergraph(["backup", file], original);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(`Backup: ${file}\n`);
  return file;
}

function aPipe(name: string): string {
  const file = join(original.folder, name);
  execFileSync("mkfifo", [file]);
  return file;
}

function anEmptyFile(name: string): string {
  const file = join(original.folder, name);
  writeFileSync(file, "");
  return file;
}

/** Runs work with a database that a restore may fill, and drops it. */
async function withEmpty<T>(work: (empty: TestDatabase) => Promise<T>): Promise<T> {
  const empty = await makeTestDatabase();
  try {
    return await work(empty);
  } finally {
    await empty.drop();
  }
}

async function opened<T>({ address }: TestDatabase, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(address, { onProgress: () => undefined });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** What a restore renews. */
const renewed = ({ timeline: _timeline, restoredAt: _restoredAt, ...row }: Record<string, unknown>) => row;

/** Every row of every table, as text; of streams without what a restore renews. */
function everything(database: Database): Promise<Record<string, string[]>> {
  return database.snapshot(async (reads) => {
    const rows: Record<string, string[]> = {};
    for (const entity of allEntities) {
      const table = reads.tableOf(entity).text;
      const found = await reads.rows<Record<string, unknown>>(`SELECT * FROM ${table}`);
      const kept = table === "organization_head" ? found.map(renewed) : found;
      rows[table] = kept.map((row) => JSON.stringify(row)).sort();
    }
    return rows;
  });
}

const INVITE = `mutation ($to: String!) { inviteCustomer(input: { recipientEmail: $to }) { userErrors { code } } }`;

const EVENTS = `query ($after: String) { events(after: $after) { nodes { id } } }`;

describe("a backup of a running server", () => {
  it("restored into an empty database is the same in every row, agrees with itself, and serves", async () => {
    const agent = await server.as("direct-agent");
    await agent.ask(INVITE, { to: "zoë+'\\\"%@shop.example" });
    const before = await everything(server.running.services.database);
    expect(before.event?.length).toBeGreaterThan(10);
    const { data } = await agent.ask("{ events(first: 2) { nodes { cursor } } }");
    const after = data.events.nodes[1].cursor as string;
    const file = await aBackup();
    await withEmpty(async (empty) => {
      const restored = await partnergraph(["restore", file], empty);
      expect(restored).toMatchObject({ code: 0, stderr: "" });
      expect(restored.stdout).toMatch(
        /^activity logs: \d+ compared, 0 wrong$[^]*^Restored\. Everything agrees\.$/m,
      );
      expect(await opened(empty, everything)).toEqual(before);
      expect(await partnergraph(["admin", "verify-activity-log"], empty)).toMatchObject({ code: 0 });
      const other = await startTestServer({}, empty);
      const answer = await (await other.as("direct-agent")).ask("{ customers { totalCount } }");
      expect(answer).toEqual({ data: { customers: { totalCount: 6 } } });
      const listed = await (await other.as("direct-agent")).ask(EVENTS, { after });
      expect(listed.errors).toMatchObject([{ extensions: { code: "EVENTS_CURSOR_FROM_BEFORE_RESTORE" } }]);
      expect((await agent.ask(EVENTS, { after })).errors).toBeUndefined();
      await other.stop();
    });
  });

  it("is of one instant, though others write meanwhile, and keeps nobody waiting", async () => {
    const agent = await server.as("direct-agent");
    let isOver = false;
    const writing = (async () => {
      let answered = 0;
      while (!isOver) {
        const { data } = await agent.ask(INVITE, { to: `n${answered}@shop.example` });
        if (data.inviteCustomer.userErrors.length === 0) answered++;
      }
      return answered;
    })();
    const file = await aBackup();
    isOver = true;
    expect(await writing).toBeGreaterThan(0);
    await withEmpty(async (empty) => {
      expect(await partnergraph(["restore", file], empty)).toMatchObject({ code: 0, stderr: "" });
    });
  });

  it("is for its owner alone, and leaves nothing else behind", async () => {
    const file = await aBackup();
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(original.folder).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("never replaces a file that is there", async () => {
    const file = join(original.folder, "taken");
    writeFileSync(file, "mine");
    const { code, stdout, stderr } = await partnergraph(["backup", file], original);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`${file} is there already and was left as it is. Give a name that is not taken.\n`);
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("into a folder that is not there, or of a database that is not there, says so and makes none", async () => {
    const nowhere = await partnergraph(["backup", join(original.folder, "no", "backup")], original);
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    expect(nowhere.stderr).toMatch(
      /^\S+\/no\/backup cannot be written: there is no such file or folder; .*\. Nothing was written\.\n$/,
    );
    const missing = { ...original.environment, DATA_DIR: join(original.folder, "none"), DATABASE_URL: "" };
    const file = join(original.folder, "of-nothing");
    const none = await runHere(["backup", file], { ...missing, LOG_LEVEL: "silent" });
    expect(none).toMatchObject({ code: 2, stdout: "" });
    expect(none.stderr).toMatch(/cannot be used: there is no such file/);
    expect([existsSync(file), existsSync(missing.DATA_DIR)]).toEqual([false, false]);
  });
});

describe("a restore", () => {
  it("touches no database that something is in, also of a running server", async () => {
    const file = await aBackup();
    const before = await everything(server.running.services.database);
    const { code, stdout, stderr } = await partnergraph(["restore", file], original);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      onSqlite
        ? /^There is a database already.*partnergraph\.sqlite.*Stop the server/
        : /^The database is not empty/,
    );
    expect(await everything(server.running.services.database)).toEqual(before);
  });

  it("of a file that is no backup, is cut off, or is of the other kind of database restores nothing", async () => {
    const whole = await aBackup();
    const text = join(original.folder, "text");
    writeFileSync(text, "{}");
    const cut = join(original.folder, "cut");
    copyFileSync(whole, cut);
    truncateSync(cut, Math.floor(statSync(whole).size / 2));
    const other = join(original.folder, "other");
    if (onSqlite) writeFileSync(other, gzipSync("{}\n"));
    else new libsql(other).exec("CREATE TABLE a (b)");
    const problems: [string, RegExp][] = [
      [text, /is not a backup that/],
      [cut, /damaged|malformed|cut off/],
      [other, onSqlite ? /is of MySQL or MariaDB/ : /is of SQLite/],
      [join(original.folder, "not-there"), /^The backup \S+ cannot be read: there is no such file/],
      [original.folder, /^The backup \S+ cannot be read: it is a folder/],
      [aPipe("pipe"), /^The backup \S+ cannot be read: it is a pipe/],
      [anEmptyFile("empty"), /^The backup \S+ is empty: take another one/],
    ];
    for (const [file, problem] of problems) {
      await withEmpty(async (empty) => {
        const { code, stdout, stderr } = await partnergraph(["restore", file], empty);
        expect({ file, code, stdout }).toEqual({ file, code: 2, stdout: "" });
        expect(stderr).toMatch(problem);
        if (onSqlite) expect(readdirSync(empty.folder)).toEqual([]);
      });
    }
  });

  it.each(releasesWithFixture())("of a backup of release %s upgrades it", async (release) => {
    const file = join(original.folder, `backup-of-${release}`);
    await withEmpty(async (old) => {
      await restoreDatabase(fixtureFiles(release, testDatabase).dump, old.address);
      expect(await partnergraph(["backup", file], old)).toMatchObject({ code: 0, stderr: "" });
    });
    await withEmpty(async (empty) => {
      expect(await partnergraph(["restore", file], empty)).toMatchObject({ code: 0, stderr: "" });
      expect(await partnergraph(["verify"], empty)).toMatchObject({ code: 0, stderr: "" });
    });
  });

  it("says what it finds in a backup of a damaged database, and restores it", async () => {
    const file = await withEmpty(async (damaged) => {
      const first = await startTestServer({}, damaged);
      await first.stop();
      await opened(damaged, (database) =>
        database.schemaSource.query("UPDATE organization_head SET lastPosition = lastPosition + 1"),
      );
      const path = join(original.folder, "damaged");
      expect(await partnergraph(["backup", path], damaged)).toMatchObject({ code: 0 });
      return path;
    });
    await withEmpty(async (empty) => {
      const { code, stdout } = await partnergraph(["restore", file], empty);
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /^organization_head \w+: the head of the stream is at[^]*^Restored\. Findings: \d+\.$/m,
      );
      expect((await partnergraph(["verify"], empty)).code).toBe(1);
    });
  });
});

if (onSqlite) {
  it("an empty database file is refused in the same words by a restore, a backup, a check and a start", async () => {
    const file = await aBackup();
    await withEmpty(async (empty) => {
      const target = join(empty.folder, "partnergraph.sqlite");
      writeFileSync(target, "");
      const words = `The database ${target} cannot be used: the file is empty, so what was in it is lost. Nothing was changed.`;
      for (const args of [
        ["restore", file],
        ["backup", join(empty.folder, "out")],
        ["verify"],
        ["import-offers", file],
      ]) {
        const { code, stdout, stderr } = await partnergraph(args, empty);
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
        expect(stderr).toContain(words);
      }
      await expect(startTestServer({}, empty)).rejects.toThrow(words);
      expect(statSync(target).size).toBe(0);
    });
  });
}

if (!onSqlite) {
  describe("a dump", () => {
    /** The dump with one of its lines changed. */
    function changed(file: string, change: (lines: string[]) => string[]): string {
      const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
      const path = `${file}-changed`;
      writeFileSync(path, gzipSync(`${change(lines).join("\n")}\n`));
      return path;
    }

    it("that lacks a row is refused, and no server starts on what there is of it", async () => {
      const file = changed(await aBackup(), (lines) => lines.filter((_line, at) => at !== lines.length - 2));
      await withEmpty(async (empty) => {
        const { code, stderr } = await partnergraph(["restore", file], empty);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/is damaged or cut off/) });
        await expect(startTestServer({}, empty)).rejects.toThrow(/A restore into this database .* broke off/);
        expect((await partnergraph(["verify"], empty)).code).toBe(2);
      });
    });

    it("of a newer version is refused", async () => {
      const header = (change: (migrations: string[]) => string[]) => (lines: string[]) => {
        const first = JSON.parse(lines[0] ?? "");
        return [JSON.stringify({ ...first, migrations: change(first.migrations) }), ...lines.slice(1)];
      };
      const newer = changed(
        await aBackup(),
        header((migrations) => [...migrations, "Future9999999999999"]),
      );
      await withEmpty(async (empty) => {
        const { code, stderr } = await partnergraph(["restore", newer], empty);
        expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/by a newer version/) });
      });
    });

    it("leaves out tables and columns that operators added", async () => {
      const file = await withEmpty(async (extended) => {
        await (await startTestServer({}, extended)).stop();
        await opened(extended, async ({ schemaSource }) => {
          await schemaSource.query("CREATE TABLE zz_mine (id int PRIMARY KEY)");
          await schemaSource.query("INSERT INTO zz_mine VALUES (1)");
          await schemaSource.query("ALTER TABLE customer ADD COLUMN mine varchar(9)");
        });
        const path = join(original.folder, "extended");
        expect(await partnergraph(["backup", path], extended)).toMatchObject({ code: 0 });
        return path;
      });
      await withEmpty(async (empty) => {
        expect(await partnergraph(["restore", file], empty)).toMatchObject({ code: 0, stderr: "" });
      });
    });
  });
}
