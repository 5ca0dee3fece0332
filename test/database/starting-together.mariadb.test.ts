import { setTimeout as pause } from "node:timers/promises";
import type { DataSource } from "typeorm";
import type { Database } from "../../src/database/database";
import { migrate } from "../../src/database/migrate";
import { openDatabase } from "../../src/database/open-database";
import { makeTestDatabase, type TestDatabase } from "../support/test-database";

const quiet = { onProgress: () => undefined };

let storage: TestDatabase;
const open: Database[] = [];
beforeEach(async () => {
  storage = await makeTestDatabase();
});
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  await storage.drop();
});

/** Starts a node as a server does. */
async function start(): Promise<void> {
  open.push(await openDatabase(storage.address, quiet));
}

/** The data source of a node that has not migrated yet, and does something before each statement that it sends. */
async function sourceThat(before: (text: string, n: number) => Promise<void>): Promise<DataSource> {
  const database = await openDatabase(storage.address, { ...quiet, asItIs: true });
  open.push(database);
  const source = Object.create(database.schemaSource) as DataSource;
  let sent = 0;
  source.createQueryRunner = (mode) => {
    const runner = database.schemaSource.createQueryRunner(mode);
    const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<never>;
    runner.query = async (text: string, ...rest: unknown[]) => {
      await before(text, ++sent);
      return query(text, ...rest);
    };
    return runner;
  };
  return source;
}

/** A node has read and refused nothing yet, it looks whose tables are there, it is about to make the lease and to take it. */
it.each([1, 4, 6, 12, 22, 23, 24, 25])(
  "a node that is about to send statement %i of its start comes up when another one makes all tables then",
  async (position) => {
    let isDone = false;
    const source = await sourceThat(async (text, n) => {
      if (n !== position) return;
      expect(text).not.toMatch(/CREATE TABLE `/);
      await start();
      isDone = true;
    });
    await migrate(source, quiet.onProgress);
    expect(isDone).toBe(true);
    await start();
  },
  60_000,
);

it.each([40, 70])(
  "nodes that start while another one makes the tables, at its statement %i, come up when it has",
  async (position) => {
    const others: Promise<void>[] = [];
    const source = await sourceThat(async (_text, n) => {
      if (n !== position) return;
      others.push(start(), start());
      await pause(300);
    });
    await migrate(source, quiet.onProgress);
    await Promise.all(others);
    expect(others).toHaveLength(2);
  },
  60_000,
);

it.each([1, 2, 3])("three nodes that start at once on an empty database all come up, time %i", async () => {
  await Promise.all([start(), start(), start()]);
  await start();
});
