import { errorDefinitions } from "../../../schema/errors/error-code.enum";
import { eventsDocument } from "./events-document";
import { buildApiSchema, printApiSchema } from "./schema";

/** Every committed file that comes from the code, by its path: `npm run schema` writes them, a test compares them. */
export function generatedFiles(): Record<string, string> {
  const schema = buildApiSchema();
  return {
    "schema/schema.graphql": printApiSchema(schema),
    "docs/error-codes.md": errorCodes(),
    "docs/events.md": eventsDocument(schema, MADE),
  };
}

const MADE = "<!-- Made by `npm run schema`; change the code instead. -->";

function errorCodes(): string {
  const areas = Object.entries(errorDefinitions).map(([area, definitions]) => {
    const rows = Object.entries(definitions).map(
      ([code, { kind, meaning, details }]) =>
        `| \`${code}\` | ${kind} | ${meaning} | ${details ? `\`${details}\`` : ""} |`,
    );
    return `## ${area}\n\n| code | kind | meaning and remedy | details |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Error codes

${MADE}

INVALID, NOT_FOUND and CONFLICT of a mutation are data: \`userErrors { code field message details { … } }\`. The details of a code are
one type of the union \`UserErrorDetails\`, such as \`... on StaleVersionDetails { currentVersion }\`. Everything else is a top-level error
with \`extensions { code kind field details requestId }\`, the same over HTTP and WebSocket, whose details are the same facts as JSON:
\`ForbiddenDetails\` has \`permission\` and \`roles\`, \`RetryDetails\` \`retryAfterSeconds\`, \`LimitDetails\` \`limit\`, \`maximum\`, \`found\` and
\`retryAfterSeconds\`, \`ListenerDetails\` \`cursor\`. Codes are never renamed. A number in brackets is the code that Microsoft Partner Center
uses for the same thing.

${areas.join("\n")}`;
}
