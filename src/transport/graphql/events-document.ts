import { type GraphQLSchema, isObjectType } from "graphql";
import { eventTypeName } from "../../../schema/events/event.interface";
import {
  type Audience,
  meaningWithReaders,
  OWN_ORGANIZATION,
  type PayloadField,
} from "../../events/catalogue/event-definition";
import { eventCatalogue } from "../../events/event-catalogue";
import { allEventTypes, type EventType } from "../../events/event-map";

const FOREWORD = `Every change that concerns your organization is an event in its stream. The \`events\` query, live subscriptions over WebSocket and
SSE, and webhooks are endpoints of the same stream: the same events, in the same order, with the same cursors.

## Streams

- The organizations that an event concerns get one copy each (the tables below name the fields that hold their ids), in their own stream, with the same \`id\`. Its \`position\` there is
  1, 2, 3 … in the order of commits, without a gap and without a repeat. A change that was rolled back left nothing.
- Every event has \`id type version position cursor occurredAt actorId requestId\` and its payload, whose **values are those at the time of
  the event**: names and ids stay readable after you lost sight of the rows. In GraphQL the payload is fields of the event's type; in a webhook
  it is \`data\`.
- Some fields take a permission besides the right to read events, or are one organization's only: the tables below say which. For
  others they are null, at every endpoint, also in events from before they lost the right. A webhook's receiver has no permissions, so it never gets
  those that take one: read \`node(id: "user_…")\` with an API key that has \`user.read\`. Ids and names are never left out.
- \`types\` and \`customerId\` narrow a reading down to some types, or to the events whose field \`customerId\` is that customer; a webhook
  endpoint has \`eventTypes\` and \`customerId\` for it. Positions then have gaps, which are the events that you did not ask for.
- \`webhook.test\`, which \`sendTestWebhook\` sends to one webhook endpoint, is in no stream: its \`position\` and \`cursor\` are null. Every
  other event has both.

## Cursors

- A cursor is a place in one organization's stream: just behind one event. Keep the cursor of the last event that you handled, and give
  it as \`after\` at any endpoint to get what came after it, in order, with nothing left out. It fits with and without filters.
- It is opaque and bears a checksum. What goes wrong with one has a code:

| code | what it means | way out |
|---|---|---|
| \`EVENTS_CURSOR_INVALID\` | it is no cursor, or was cut or changed on the way | give it whole, as you got it |
| \`EVENTS_CURSOR_FOREIGN\` | it is a cursor of another organization's stream | sign in for that organization, or leave it out |
| \`EVENTS_CURSOR_FROM_BEFORE_RESTORE\` | the operator restored the database from an older copy since you got it | see Restores |
| \`EVENTS_CURSOR_AHEAD\` | your stream has not come so far: you are the first to show that the database was set back, or it was made up | see Restores |
| \`EVENTS_CURSOR_EXPIRED\` | events after it are no longer kept | read what you keep a copy of anew by the usual queries, then go on after \`details.oldestCursor\` |

## Restores

When the operator restores the database from an older copy, events that you received may be undone, and their positions are given to
others. So every cursor from before is refused with \`EVENTS_CURSOR_FROM_BEFORE_RESTORE\`, at every endpoint, and a listener that is
connected is ended with it within about a second. No cursor from before ever becomes valid again. \`details\` holds two cursors of the stream as it is now:

1. Read the current state by the usual queries and correct your copy, then go on with \`after: details.newestCursor\`. What happens while you
   read comes after it; or
2. read all events that are kept once more, with \`after: details.oldestCursor\`: those that you had have the ids that they had.

Compare events by \`id\`, not by \`position\`, across a restore. A webhook endpoint gets a \`stream.restored\` message before its next event ([webhooks.md](webhooks.md#restores)).

## Retention

Events are kept for \`EVENT_RETENTION_DAYS\` days, 30 unless the operator says otherwise (7 to 3,650; at least 7 because a webhook endpoint
whose receiver is down is disabled after 5 days, and must still find its place when it is enabled). Once an hour older ones are forgotten,
the oldest first. Without a cursor the \`events\` query begins with the oldest event that is kept. A reader whose cursor lies further
back is refused at every endpoint, also in the middle of its reading: no endpoint ever leaves events out in silence.

## Versions

\`version\` is that of a type's payload, and what was recorded keeps the version that it was recorded with. It is raised when a field changes
its meaning or is removed. New fields and new types come without one: let your reader pass over what it does not know.`;

/** docs/events.md: how the event log is read, and every event with its payload, from the catalogue and the schema. */
export function eventsDocument(schema: GraphQLSchema, made: string): string {
  const areas = [...new Set(allEventTypes.map(areaOf))];
  return `# Events\n\n${made}\n\n${FOREWORD}\n\n${areas.map((area) => areaSection(area, schema)).join("\n")}`;
}

const areaOf = (type: EventType) => type.split(".")[0] ?? type;

const code = (text: string) => `\`${text}\``;

function areaSection(area: string, schema: GraphQLSchema): string {
  const types = allEventTypes.filter((type) => areaOf(type) === area);
  const events = types.map((type) => {
    const { version, realNames, meaning, audience } = eventCatalogue[type];
    const real = realNames.map(code).join(", ") || "none";
    const graphql = code(eventTypeName(type));
    return `| ${code(type)} | ${graphql} | ${version} | ${audienceWords(audience)} | ${real} | ${meaning} |`;
  });
  const fields = fieldsOf(types).map(({ name, field, of }) => {
    const { graphqlName = name } = field;
    const graphql = code(
      `${graphqlName === name ? "" : `${graphqlName}: `}${fieldType(schema, of[0], graphqlName)}`,
    );
    const where = of.length === types.length ? "all" : of.map(code).join(", ");
    return `| ${code(name)} | ${graphql} | ${where} | ${meaningWithReaders(field)} |`;
  });
  return `## ${area}

| event | GraphQL type | version | who gets it | in Partner Center | meaning |
|---|---|---|---|---|---|
${events.join("\n")}

| field | in GraphQL | of | meaning |
|---|---|---|---|
${fields.join("\n")}
`;
}

function audienceWords(audience: Audience): string {
  return audience === OWN_ORGANIZATION ? "the organization itself" : audience.map(code).join(", ");
}

interface DocumentedField {
  name: string;
  field: PayloadField;
  of: EventType[];
}

/** The payload fields of some types; one that several types have in the same meaning is listed once. */
function fieldsOf(types: EventType[]): DocumentedField[] {
  const documented: DocumentedField[] = [];
  for (const type of types) {
    for (const [name, field] of Object.entries<PayloadField>(eventCatalogue[type].payload)) {
      const same = documented.find((other) => other.name === name && other.field.meaning === field.meaning);
      if (same) same.of.push(type);
      else documented.push({ name, field, of: [type] });
    }
  }
  return documented;
}

function fieldType(schema: GraphQLSchema, type: EventType | undefined, field: string): string {
  const found = type && schema.getType(eventTypeName(type));
  const shown = isObjectType(found) ? found.getFields()[field] : undefined;
  if (!shown) throw new Error(`The schema lacks the field ${field} of ${type}.`);
  return String(shown.type);
}
