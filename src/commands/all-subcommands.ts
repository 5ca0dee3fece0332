import { addGlobalAdminCommand } from "./add-global-admin";
import { adoptSecretsKeyCommand } from "./adopt-secrets-key";
import { backupCommand } from "./backup";
import { createPartnerCommand } from "./create-partner";
import { createPartnershipCommand } from "./create-partnership";
import { importOffersCommand } from "./import-offers";
import { recountRowsCommand } from "./recount-rows";
import { restoreCommand } from "./restore";
import { restoredCommand } from "./restored";
import type { StandaloneSubcommand, SubcommandGroup } from "./subcommand";
import { tokenCommand } from "./token";
import { verifyCommand } from "./verify";
import { verifyActivityLogCommand } from "./verify-activity-log";

/** For the help, and for a command line that says more than `serve`: the server itself is started by `runPartnergraph`. */
const serveCommand: StandaloneSubcommand = {
  about: "starts the server; it takes no options, the configuration is in environment variables",
  options: {},
  runAlone: () => Promise.reject(new Error("The server is started by `npx partnergraph serve` alone.")),
};

/** What an operator can do on the command line, in addition to what users do through the API. */
export const allSubcommands: SubcommandGroup = {
  about: "Partnergraph: a partner centre that you host yourself.",
  notes:
    "The configuration is in environment variables; README.md lists them. Exit codes: 0 done, 1 a rule refuses it or something was\n" +
    "found, 2 it could not run: the input, the configuration, a file or the database is not as it must be. `npx partnergraph --version`\n" +
    "prints the version.",
  subcommands: {
    serve: serveCommand,
    backup: backupCommand,
    restore: restoreCommand,
    restored: restoredCommand,
    verify: verifyCommand,
    admin: {
      about: "makes the first partner and its Global admin, and checks and corrects what is stored",
      subcommands: {
        "create-partner": createPartnerCommand,
        "create-partnership": createPartnershipCommand,
        "add-global-admin": addGlobalAdminCommand,
        "verify-activity-log": verifyActivityLogCommand,
        "recount-rows": recountRowsCommand,
        "adopt-secrets-key": adoptSecretsKeyCommand,
        verify: verifyCommand,
      },
    },
    "import-offers": importOffersCommand,
    token: tokenCommand,
  },
};
