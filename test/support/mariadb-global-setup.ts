import { startMariadb, type PrivateMariadb } from "./mariadb-server";

/** Where the teardown finds what the setup started: jest loads the two files apart from each other. */
export interface WithMariadb {
  partnergraphTestMariadb?: PrivateMariadb;
}

/** Starts one MariaDB for the whole run and tells every jest worker where it is. */
export default async function startForTheRun(): Promise<void> {
  const mariadb = await startMariadb();
  (globalThis as WithMariadb).partnergraphTestMariadb = mariadb;
  process.env.PARTNERGRAPH_TEST_MARIADB_URL = mariadb.url;
}
