import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { DataSource } from "typeorm";
import { systemClock } from "../values/instant";
import { SERVER_TIME } from "./database-clock";
import { isRetryable } from "./database-errors";

/** A node that died while migrating stops the others for so many milliseconds. */
const LEASE_MS = 30_000;
const MAX_WAIT_MS = 120_000;
const MAX_LEASE_RETRIES = 20;

/**
 * Does what one node at a time may do to the schema: the others wait for the lease. It is a row that runs out by itself, and is
 * extended while the work goes on.
 * @param onProgress told once that another node has the lease
 * @throws Error another node has had it for two minutes
 */
export async function holdingMigrationLease<T>(
  source: DataSource,
  onProgress: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  await acquireLease(source, holder, onProgress);
  const renewal = setInterval(() => void extendLease(source, holder).catch(() => undefined), LEASE_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await updateLease(source, "SET holder = '', expiresAt = 0 WHERE holder = ?", [holder]);
  }
}

async function acquireLease(
  source: DataSource,
  holder: string,
  onProgress: (message: string) => void,
): Promise<void> {
  await source.query(
    "CREATE TABLE IF NOT EXISTS migration_lease (id integer PRIMARY KEY, holder varchar(40) NOT NULL, expiresAt bigint NOT NULL)",
  );
  await source
    .query(
      "INSERT INTO migration_lease (id, holder, expiresAt) SELECT 1, '', 0 FROM (SELECT 1 AS one) AS source WHERE NOT EXISTS (SELECT 1 FROM migration_lease)",
    )
    .catch(() => undefined); // Another node inserted it between our look and our insert; the row is there, which is all we want.
  const giveUpAt = performance.now() + MAX_WAIT_MS;
  for (let told = false; !(await takeLease(source, holder)); told = true) {
    if (!told) onProgress("another node is migrating the database; waiting for it");
    if (performance.now() > giveUpAt)
      throw new Error("Another node has been migrating the database for two minutes.");
    await pause(200);
  }
}

async function takeLease(source: DataSource, holder: string): Promise<boolean> {
  const now = await timeOf(source);
  await updateLease(source, "SET holder = ?, expiresAt = ? WHERE id = 1 AND (holder = '' OR expiresAt < ?)", [
    holder,
    now + LEASE_MS,
    now,
  ]);
  const rows = await source.query<{ holder: string }[]>("SELECT holder FROM migration_lease WHERE id = 1");
  return rows[0]?.holder === holder;
}

async function extendLease(source: DataSource, holder: string): Promise<void> {
  await updateLease(source, "SET expiresAt = ? WHERE holder = ?", [
    (await timeOf(source)) + LEASE_MS,
    holder,
  ]);
}

/** On a cluster one of two updates that nodes make at the same instant is undone: it is sent again, and finds what the other one wrote. */
async function updateLease(source: DataSource, change: string, values: (string | number)[]): Promise<void> {
  for (let retries = 0; ; retries++) {
    try {
      await source.query(`UPDATE migration_lease ${change}`, values);
      return;
    } catch (error) {
      if (!isRetryable(error) || retries === MAX_LEASE_RETRIES) throw error;
      await pause(Math.random() * 100);
    }
  }
}

/** The time by which the lease is measured on all nodes, in milliseconds since 1970: the database server's, where there is one. */
async function timeOf(source: DataSource): Promise<number> {
  if (!["mysql", "mariadb"].includes(source.options.type)) return Date.parse(systemClock());
  const [row] = await source.query<{ at: number | string }[]>(SERVER_TIME);
  return Number(row?.at);
}
