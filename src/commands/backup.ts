import { resolve } from "node:path";
import { backupDatabase } from "../backup";
import { systemClock } from "../values/instant";
import { packageVersion } from "./package-version";
import { DATABASE_VARIABLES, type StandaloneSubcommand } from "./subcommand";

/** `partnergraph backup FILE`: writes the database as it is now into a new file, also while servers run. */
export const backupCommand: StandaloneSubcommand = {
  about: "writes the whole database into a new file, also while the server runs",
  options: {},
  variables: DATABASE_VARIABLES,
  argument: { name: "FILE", about: "where to; a file that is there is never replaced" },
  runAlone: async ({ FILE: file = "" }, { config, log }) => {
    await backupDatabase(config.database, resolve(file), {
      version: packageVersion(),
      at: systemClock(),
      onProgress: (message) => log.info(message),
    });
    return `Backup: ${resolve(file)}\nKeep SECRETS_KEY apart from it: without that key nobody can read the webhook secrets in it.`;
  },
};
