import { contributions } from "../../src/areas";
import type { ObjectLiteral } from "typeorm";
import { allEntities } from "../../entities";
import { listCustomers } from "../../src/customers";
import { MAX_PREPARED_LENGTH } from "../../src/database/connection";
import { Transaction } from "../../src/unit-of-work/transaction";
import { name, sql } from "../../src/database/sql";
import { aCustomer, aPartner, aRelationship } from "../support/builders";
import { type TestContext, openTestContext } from "../support/test-context";
import { startMariadb, type PrivateMariadb } from "../support/mariadb-server";

const HOSTILE_MODE = "NO_BACKSLASH_ESCAPES,ANSI_QUOTES,EMPTY_STRING_IS_NULL,PIPES_AS_CONCAT";
const modes = testDatabase === "sqlite" ? ["usual"] : ["usual", HOSTILE_MODE];

/** What would end, escape or comment out a quoted value, or mean more than itself in a pattern. */
const TEXTS = [
  "",
  "O'Brien (select 1) Ltd",
  "\\' OR 1 = 1 -- ",
  '" OR ""="',
  "\\",
  "'); DROP TABLE customer; #",
  "/*! 1 */ %_\\%",
  "a\u0000b\u001a",
  "🧁 \u{10FFFF}",
  "?, :name, ${1}",
];

/** More rows than one statement that is kept prepared has room for. */
const MANY = 150;

describe.each(modes)("in the sql_mode %s", (mode) => {
  let server: PrivateMariadb | undefined;
  let testContext: TestContext;
  const usualServer = process.env.PARTNERGRAPH_TEST_MARIADB_URL;

  beforeAll(async () => {
    if (mode !== "usual") {
      server = await startMariadb([`--sql-mode=${mode}`]);
      process.env.PARTNERGRAPH_TEST_MARIADB_URL = server.url;
    }
    testContext = await openTestContext({ poolSize: 2, migrated: server === undefined });
  });
  afterAll(async () => {
    await testContext.close();
    process.env.PARTNERGRAPH_TEST_MARIADB_URL = usualServer;
    await server?.stop();
  });

  /** Runs work in a transaction that lets rows name others that are not there, and undoes it. */
  async function undone(work: (tx: Transaction) => Promise<void>): Promise<void> {
    const { database } = testContext;
    const isMysql = database.family === "mysql";
    const set = (on: 0 | 1) =>
      isMysql ? `SET foreign_key_checks = ${on}` : `PRAGMA defer_foreign_keys = ${1 - on}`;
    const undo = new Error("undo");
    const run = database.transact(async (connection) => {
      const tx = new Transaction(connection, database.maps, testContext.clock.now, contributions.auditedRows);
      await tx.execute(set(0));
      await work(tx);
      await tx.execute(set(1));
      throw undo;
    });
    await expect(run).rejects.toBe(undo);
  }

  it.each(allEntities.map((entity) => [entity.name, entity] as const))(
    "every text of %s is stored as it is, by short and by long statements",
    async (_name, entity) => {
      const { columns, tableName, primaryColumns } = testContext.database.schemaSource.getMetadata(entity);
      const isText = ({ type, length }: { type: unknown; length: string }) =>
        type === "text" || type === "mediumtext" || (type === "varchar" && Number(length) > 24);
      const rowOf = (at: number): ObjectLiteral => {
        const valueOf = (column: (typeof columns)[number]) => {
          if (column.type === "simple-json") return [TEXTS[at % TEXTS.length]];
          if (column.type === "boolean") return true;
          if (column.type !== "varchar" && !isText(column)) return at;
          return isText(column)
            ? `${at}${TEXTS[at % TEXTS.length]}`.slice(0, Number(column.length) || 99)
            : `${at}`.slice(0, 2);
        };
        return Object.fromEntries(columns.map((column) => [column.propertyName, valueOf(column)]));
      };
      const rows = Array.from({ length: MANY }, (_, at) => rowOf(at));
      await undone(async (tx) => {
        await tx.insertAll(entity, rows.slice(0, TEXTS.length));
        await tx.insertAll(entity, rows.slice(TEXTS.length));
        expect(Math.max(...testContext.statements.map((text) => text.length))).toBeGreaterThan(
          MAX_PREPARED_LENGTH,
        );
        const [{ propertyName: key }] = primaryColumns;
        for (const row of rows.slice(0, 2 * TEXTS.length)) {
          const found = await tx.all(
            entity,
            sql`FROM ${name(tableName)} WHERE ${name(key)} = ${row[key] as string}`,
          );
          expect(found.map((one) => ({ ...one }))).toEqual([row]);
        }
      });
    },
  );

  it("a search takes %, _, quotes and backslashes as themselves", async () => {
    const { partner, actor } = await aPartner(testContext);
    const names = ["100% Pure", "1000 Pure", "A_B", "AxB", "C\\D", "C'D", 'E"F'];
    for (const companyName of names) {
      const { customer } = await aCustomer(testContext, { companyName });
      await aRelationship(testContext, partner, customer);
    }
    const found = async (companyNameStartsWith: string) => {
      const { nodes } = await listCustomers(testContext.as(actor), {
        companyNameStartsWith,
        direction: "ASC",
      });
      return nodes.map((row) => row.companyName);
    };
    expect(await found("100%")).toEqual(["100% Pure"]);
    expect(await found("A_")).toEqual(["A_B"]);
    expect(await found("C\\")).toEqual(["C\\D"]);
    expect(await found("C'")).toEqual(["C'D"]);
    expect(await found('E"')).toEqual(['E"F']);
    expect(await found("%")).toEqual([]);
  });
});
