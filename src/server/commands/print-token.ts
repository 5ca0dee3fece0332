import { ConfigInvalid, loadConfig } from "../../config/config";
import { demoPeople } from "../../demo";
import { openDevelopmentIssuer } from "../../identity";

const TOKEN_SECONDS = 12 * 3600;

/** `npm run -s token -- NAME`: prints a development token for one of the demo's people. */
async function printToken(name: string | undefined): Promise<void> {
  const config = loadConfig();
  if (!config.developmentIssuer)
    throw new ConfigInvalid("DEVELOPMENT_ISSUER is off: there are no tokens for the demo's people.");
  const person = Object.entries(demoPeople).find(([known]) => known === name)?.[1];
  if (!person) throw new ConfigInvalid(`Say whose token: ${Object.keys(demoPeople).join(", ")}.`);
  const issuer = await openDevelopmentIssuer(config.dataDir);
  process.stdout.write(`${await issuer.sign(person, TOKEN_SECONDS)}\n`);
}

printToken(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
