import { join } from "node:path";
import { demoPeople } from "../demo";
import { packageFolder } from "./package-version";
import type { RunningServer } from "../start/start-server";

const TOKEN_SECONDS = 12 * 3600;

/** What the greeting shows besides the addresses, and where the key is that signs the tokens. */
interface GreetingSettings {
  demo: boolean;
  explorer: boolean;
  dataDir: string;
}

/** What a newcomer sees when the server is up: the addresses, tokens for the demo's people, a curl line that works. */
export async function greeting(
  server: Pick<RunningServer, "url" | "developmentIssuer">,
  shows: GreetingSettings,
): Promise<string> {
  const token = tokenCommand(shows.dataDir);
  const lines = [
    "",
    "Partnergraph is up.",
    `  GraphQL    ${server.url}/graphql   (HTTP; live events over WebSocket, graphql-transport-ws)`,
    ...(shows.explorer ? [`  Explorer   ${server.url}/explorer`] : []),
    `  Health     ${server.url}/healthz   ${server.url}/readyz`,
  ];
  if (shows.demo && server.developmentIssuer) {
    lines.push(
      "",
      "Try it, in another terminal:",
      `  curl -s ${server.url}/graphql -H 'content-type: application/json' \\`,
      `    -H "authorization: Bearer $(${token} direct-agent)" \\`,
      `    -d '{"query":"{ viewer { displayName permissions } customers { nodes { companyName } } }"}'`,
      "",
      `Tokens for the demo's people, good for 12 hours (again: ${token} NAME):`,
    );
    for (const [name, person] of Object.entries(demoPeople)) {
      const signed = await server.developmentIssuer.sign(person, TOKEN_SECONDS);
      lines.push(`  ${name.padEnd(17)} ${person.about}`, `    ${signed}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/**
 * The command that prints a token, up to the person's name, for a shell in the folder of the program that has none of this server's
 * variables: it signs with the key in the data folder, so that must be the server's.
 * @param dataDir the server's data folder, an absolute path
 */
function tokenCommand(dataDir: string): string {
  const usual = join(packageFolder() ?? process.cwd(), "data");
  return `${dataDir === usual ? "" : `DATA_DIR=${quotedForShell(dataDir)} `}npm run -s token --`;
}

function quotedForShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
