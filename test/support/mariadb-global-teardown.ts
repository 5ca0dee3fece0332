import type { WithMariadb } from "./mariadb-global-setup";

/** Ends the run's MariaDB. If jest dies before it comes here, the server ends by itself. */
export default async function stopAfterTheRun(): Promise<void> {
  await (globalThis as WithMariadb).partnergraphTestMariadb?.stop();
  delete process.env.PARTNERGRAPH_TEST_MARIADB_URL;
}
