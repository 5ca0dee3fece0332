import type { DataSource } from "typeorm";
import { loadConfig } from "./src/config/config";
import { makeDataSources } from "./src/database/data-sources";
import { describeServer } from "./src/database/open-database";

/**
 * The configured database for the TypeORM command line, such as `npx typeorm migration:show -d dist/ormconfig.js` after
 * `npm run build`. It goes by DATA_DIR and DATABASE_URL, as the server does, which does not read this file.
 */
const dataSource: Promise<DataSource> = openDataSource();

async function openDataSource(): Promise<DataSource> {
  const { database } = loadConfig(undefined, ["DATA_DIR", "DATABASE_URL", "DATABASE_POOL_SIZE"]);
  return makeDataSources(await describeServer(database)).writer;
}

export default dataSource;
