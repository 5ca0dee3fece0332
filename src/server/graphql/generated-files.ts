import { errorDefinitions } from "../../../schema/errors/error-code.enum";
import { eventTypeName } from "../../../schema/events/event.interface";
import { allEventTypes, eventMeanings } from "../../events/event-map";
import { buildApiSchema, printApiSchema } from "./schema";

/** Every committed file that comes from the code, by its path: `npm run schema` writes them, a test compares them. */
export function generatedFiles(): Record<string, string> {
  return {
    "schema/schema.graphql": printApiSchema(buildApiSchema()),
    "docs/error-codes.md": errorCodes(),
    "docs/events.md": events(),
  };
}

const MADE = "<!-- Made by `npm run schema`; change the code instead. -->";

function errorCodes(): string {
  const areas = Object.entries(errorDefinitions).map(([area, definitions]) => {
    const rows = Object.entries(definitions).map(
      ([code, { kind, meaning }]) => `| \`${code}\` | ${kind} | ${meaning} |`,
    );
    return `## ${area}\n\n| code | kind | meaning and way out |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Error codes

${MADE}

INVALID, NOT_FOUND and CONFLICT of a mutation are data: \`userErrors { code field message details }\`. Everything else is a
top-level error with \`extensions { code kind field details requestId }\`, the same over HTTP and WebSocket. Codes are never
renamed. A number in brackets is the code that Microsoft Partner Center uses for the same thing.

${areas.join("\n")}`;
}

function events(): string {
  const rows = allEventTypes.map(
    (type) => `| \`${type}\` | \`${eventTypeName(type)}\` | ${eventMeanings[type]} |`,
  );
  return `# Events

${MADE}

Every event has \`id position cursor type occurredAt actorId requestId\` and its facts as they were. The organizations that
it concerns get one copy each, numbered 1, 2, 3 … in their own stream without a gap.

| event | GraphQL type | meaning |
|---|---|---|
${rows.join("\n")}
`;
}
