import { Customer } from "../../entities/customers/customer";
import { type Connection, createConnection } from "mysql2/promise";
import type { RowCounts } from "../../entities/events/organization-head";
import { eventCursor } from "../../src/events/event-cursor";
import { openDevelopmentIssuer } from "../../src/identity";
import { cursorOf, idCursorOf } from "../references/cursor";
import type { BenchEnvironment } from "../environment";
import { insertRows, type StoredRow } from "../requests/insert-rows";
import { countsOfPool, makePool, tokenOf } from "../requests/pool";
import type { Supply } from "../requests/seed";
import { rowMaker } from "../requests/seed-rows";
import { FIRST } from "../requests/words";
import { idSql } from "./customer-sql";
import { BIG_PARTNER } from "./fill";

/** What the questions of growth need to know of a database besides. */
export interface GrowthSupply extends Supply {
  /** Places in the other lists of the big partner, deep in them. */
  deep: Record<"relationship" | "subscription" | "invitation", string>;
  /** The place in the middle of the big partner's events. */
  middleOfEvents: string;
}

/** How many customers are asked for by id. */
const ASKED_FOR = 1_000;
/** How far into a list is deep: the rest of the smaller list is still more than a page. */
const DEEP = 0.7;

/** Finds out who and what a database was filled with, and adds what the mutations of one run use up. */
export async function growthSupply(
  environment: BenchEnvironment,
  customers: number,
  items: number,
): Promise<GrowthSupply> {
  const connection = await createConnection(environment.variables.DATABASE_URL);
  try {
    const issuer = await openDevelopmentIssuer(environment.folder);
    const partner = await oneRow(connection, "SELECT * FROM partner WHERE name = ?", [BIG_PARTNER]);
    const partnerId = String(partner.id);
    const user = await oneRow(connection, "SELECT * FROM user_account WHERE organizationId = ?", [partnerId]);
    const offer = await oneRow(connection, "SELECT * FROM offer LIMIT 1");
    const head = await oneRow(connection, "SELECT * FROM organization_head WHERE organizationId = ?", [
      partnerId,
    ]);
    const make = rowMaker(new Date().toISOString());
    const pool = await makePool(make, { issuer, seller: partner, sellerUser: user, offer }, items);
    for (const [table, rows] of Object.entries(pool.tables)) await insertRows(connection, table, rows);
    await connection.query("UPDATE organization_head SET rowCounts = ? WHERE organizationId = ?", [
      JSON.stringify(sumOf(JSON.parse(String(head.rowCounts)) as RowCounts, countsOfPool(items))),
      partnerId,
    ]);
    const token = await tokenOf(issuer, partner, user);
    return {
      readerId: partnerId,
      customerIds: await someCustomers(connection, customers),
      firstWords: FIRST,
      ...(await placesIn(connection, partnerId, customers)),
      middleOfEvents: eventCursor(partnerId, Math.floor(Number(head.lastPosition) / 2)),
      readerToken: token,
      sellerToken: token,
      invited: [...pool.made],
      sold: [...pool.made],
    };
  } finally {
    await connection.end();
  }
}

function sumOf(one: RowCounts, other: RowCounts): RowCounts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

async function oneRow(connection: Connection, sql: string, values: unknown[] = []): Promise<StoredRow> {
  const [rows] = await connection.query(sql, values);
  const [row] = rows as StoredRow[];
  if (!row) throw new Error(`the database was not filled: ${sql}`);
  return row;
}

async function someCustomers(connection: Connection, customers: number): Promise<string[]> {
  const step = Math.max(1, Math.floor(customers / ASKED_FOR));
  const [rows] = await connection.query(
    `SELECT ${idSql(Customer, "seq")} AS id FROM seq_0_to_${customers - 1}_step_${step} ORDER BY RAND()`,
  );
  return (rows as { id: string }[]).map(({ id }) => id);
}

async function placesIn(connection: Connection, partnerId: string, customers: number) {
  const after = async (table: string) => {
    const count = await oneRow(connection, `SELECT COUNT(*) AS n FROM ${table} WHERE partnerId = ?`, [
      partnerId,
    ]);
    const sql = `SELECT id FROM ${table} WHERE partnerId = ? ORDER BY id LIMIT 1 OFFSET ?`;
    // Invitations are listed from the newest one on.
    const share = table === "invitation" ? 1 - DEEP : DEEP;
    return String((await oneRow(connection, sql, [partnerId, Math.floor(Number(count.n) * share)])).id);
  };
  const byName = new Map<number, string>();
  for (const share of [0.5, 0.95]) {
    const row = await oneRow(
      connection,
      `SELECT companyNameKey, customerId AS id FROM reseller_relationship WHERE partnerId = ? AND status = 'ACTIVE'
       ORDER BY companyNameKey, customerId LIMIT 1 OFFSET ?`,
      [partnerId, Math.floor(customers * share) - 1],
    );
    byName.set(share, cursorOf({ id: String(row.id), companyNameKey: String(row.companyNameKey) }));
  }
  return {
    cursorAt: (share: number) => byName.get(share) ?? "",
    deep: {
      relationship: idCursorOf("relationship", await after("reseller_relationship")),
      subscription: idCursorOf("subscription", await after("subscription")),
      invitation: idCursorOf("invitation", await after("invitation")),
    },
  };
}
