import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Connection, createConnection } from "mysql2/promise";
import { startMariadb } from "../../test/support/mariadb-server";
import { cpuMsOf } from "../processes";
import { type BenchEnvironment, makeMariadbEnvironment } from "../environment";
import { createReleasedSchema } from "../released-schema";
import { fillGrowth } from "./fill";

/** A MariaDB with two databases that differ in nothing but their size. */
export interface GrowthEnvironment {
  small: BenchEnvironment;
  large: BenchEnvironment;
  /** Milliseconds of CPU time that the database has used. */
  cpuMs(): number;
  remove(): Promise<void>;
}

/** Where the data are, and how much memory MariaDB keeps them in. */
export interface Dependencies {
  /** A folder that stays, filled or to be filled; without one the data go with the bench. */
  data: string | undefined;
  /** As MariaDB writes it, such as `8G`. */
  bufferPool: string;
  tell(text: string): void;
}

/** Starts a private MariaDB and fills both databases, where that was not done before. */
export async function makeGrowthEnvironment(
  sizes: { small: number; large: number },
  { data, bufferPool, tell }: Dependencies,
): Promise<GrowthEnvironment> {
  const options = [`--innodb-buffer-pool-size=${bufferPool}`, "--innodb-log-file-size=2G"];
  if (data !== undefined) {
    if (!existsSync(data)) mkdirSync(data, { recursive: true });
    options.push(`--datadir=${resolve(data)}`);
  }
  const server = await startMariadb(options);
  const small = await filled(server.url, sizes.small, tell);
  const large = await filled(server.url, sizes.large, tell);
  const connection = await createConnection(server.url);
  const pid = await pidOf(connection);
  return {
    small,
    large,
    cpuMs: () => cpuMsOf([Number(pid)]),
    remove: async () => {
      // Data that stay are put away in order; the connection ends with the server.
      if (data !== undefined) await connection.query("SHUTDOWN");
      connection.destroy();
      await Promise.all([server.stop(), small.remove(), large.remove()]);
    },
  };
}

async function filled(
  server: string,
  customers: number,
  tell: Dependencies["tell"],
): Promise<BenchEnvironment> {
  const environment = await makeMariadbEnvironment(server, `customers_${customers}`);
  const schema = await createReleasedSchema(environment);
  await schema.destroy();
  const connection = await createConnection(environment.variables.DATABASE_URL);
  try {
    const [done] = await connection.query("SELECT 1 FROM organization_head LIMIT 1");
    if ((done as unknown[]).length > 0) return environment;
    const began = performance.now();
    await fillGrowth(connection, customers, (text) => tell(`${customers} customers: ${text}`));
    tell(`${customers} customers: filled in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    return environment;
  } finally {
    await connection.end();
  }
}

async function pidOf(connection: Connection): Promise<string> {
  const [rows] = await connection.query("SELECT @@pid_file AS file");
  return readFileSync((rows as { file: string }[])[0]?.file ?? "", "utf8").trim();
}
