import { demoPeople } from "../demo";
import type { RunningServer } from "./start-server";

const TOKEN_SECONDS = 12 * 3600;

/** What a newcomer sees when the server is up: the addresses, tokens for the demo's people, a curl line that works. */
export async function greeting(
  server: Pick<RunningServer, "url" | "developmentIssuer">,
  shows: { demo: boolean; explorer: boolean },
): Promise<string> {
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
      `    -H "authorization: Bearer $(npm run -s token -- direct-agent)" \\`,
      `    -d '{"query":"{ viewer { displayName permissions } customers { nodes { companyName } } }"}'`,
      "",
      "Tokens for the demo's people, good for 12 hours (again: npm run -s token -- NAME):",
    );
    for (const [name, person] of Object.entries(demoPeople)) {
      const token = await server.developmentIssuer.sign(person, TOKEN_SECONDS);
      lines.push(`  ${name.padEnd(17)} ${person.about}`, `    ${token}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
