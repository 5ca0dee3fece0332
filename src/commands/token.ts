import { demoPeople } from "../demo";
import { oidcVariables } from "../config/oidc-settings";
import { openDevelopmentIssuer } from "../identity";
import type { StandaloneSubcommand } from "./subcommand";

const TOKEN_SECONDS = 12 * 3600;

/** `partnergraph token NAME`: prints a development token for one of the demo's people. */
export const tokenCommand: StandaloneSubcommand = {
  about: "prints a token for one of the demo's people, good for 12 hours; not in production",
  options: {},
  // Beside other issuers the development issuer is off, unless it is said to be on.
  variables: ["DATA_DIR", "DEVELOPMENT_ISSUER", ...oidcVariables],
  argument: { name: "NAME", about: `whose token: ${Object.keys(demoPeople).join(", ")}` },
  runAlone: async ({ NAME: name }, { config }) => {
    if (!config.developmentIssuer)
      throw new Error(
        "DEVELOPMENT_ISSUER is off, as it always is in production: there are no tokens for the demo's people.",
      );
    const person = Object.entries(demoPeople).find(([known]) => known === name)?.[1];
    if (!person)
      throw new Error(
        `There is nobody of that name in the demo. Say whose token: ${Object.keys(demoPeople).join(", ")}.`,
      );
    const issuer = await openDevelopmentIssuer(config.dataDir);
    return issuer.sign(person, TOKEN_SECONDS);
  },
};
