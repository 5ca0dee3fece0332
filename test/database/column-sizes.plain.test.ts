import { getMetadataArgsStorage } from "typeorm";
import { allEntities } from "../../entities";
import { allPermissions } from "../../src/access/permissions";
import { idPrefixes } from "../support/id-kinds";
import { contributions } from "../../src/areas";
import { MAX_REGISTRATION_NUMBER_LENGTH } from "../../src/customers/registration-number.policy";
import { allEventTypes } from "../../src/events/event-map";
import { MAX_REFUNDABLE_BATCHES } from "../../src/subscriptions/refundable-batches.policy";
import { MAX_PHONE_NUMBER_LENGTH } from "../../src/values/phone-number";
import { SEARCH_KEY_LENGTH } from "../../src/values/search-key";
import { MAX_TENANT_ID_LENGTH } from "../../src/values/tenant-id";
import { MAX_URL_LENGTH } from "../../src/webhooks/webhook-url.policy";

/** What the rules let into a column at most: characters of a varchar, bytes of a text or JSON. */
type Limit = { characters: number } | { bytes: number };

/** A character has at most four bytes in UTF-8, and JSON writes none of those that are allowed with more. */
const BYTES_OF_A_CHARACTER = 4;
const characters = (count: number): Limit => ({ characters: count });
const bytes = (count: number): Limit => ({ bytes: count });
const json = (value: unknown): Limit => bytes(Buffer.byteLength(JSON.stringify(value)));
/** JSON of an object with these members: texts of so many characters, or lists and numbers as they are. */
const jsonOf = (members: Record<string, number | Limit>): number =>
  Object.entries(members).reduce((sum, [name, value]) => {
    const size =
      typeof value === "number" ? BYTES_OF_A_CHARACTER * value + 2 : "bytes" in value ? value.bytes : 0;
    return sum + name.length + 4 + size;
  }, 2);

const ID = Math.max(...Object.values(idPrefixes).map(({ length }) => length)) + 27;
const INSTANT = "2026-11-21T10:00:00.000Z".length;
const WORD = 32;
const SHA256 = 64;
const REQUEST_ID = 64;
const [COMPANY, PERSON, EMAIL, DOMAIN, SUBJECT] = [200, 200, 254, 253, 200];
const ACTOR = MAX_TENANT_ID_LENGTH + 1 + SUBJECT;
const MAX_INT = 2_147_483_647;
/** Every word of a list of roles, reasons or billing cycles at once. */
const WORDS = bytes(10 * (WORD + 3));
const [SUBJECT_LINE, BODY] = [200, 5_000];

/** The largest row that the activity log copies: an invitation's words, and what else it has, well counted. */
const AUDITED = bytes(
  jsonOf({ subject: SUBJECT_LINE, bodyTemplate: BODY, recipientEmail: EMAIL, others: 2_000 }),
);
const FACTS = bytes(
  jsonOf({
    names: 3 * COMPANY,
    offerName: 300,
    email: EMAIL,
    domain: DOMAIN,
    description: 500,
    ids: 10 * ID,
    permissions: json(allPermissions),
    others: 1_000,
  }),
);
/** An invitation with its draft, whose address for mail programs has three bytes for each byte; sealed, in base64. */
const RESULT = bytes(
  (4 / 3) * jsonOf({ rows: 10 * BODY, draft: 5 * BODY, mailto: 3 * (BODY + SUBJECT_LINE) }) + 100,
);

const LIMITS: Record<string, Record<string, Limit>> = {
  Partner: {
    tenantId: characters(MAX_TENANT_ID_LENGTH),
    name: characters(COMPANY),
    country: characters(2),
    domain: characters(DOMAIN),
    programmeRole: characters(WORD),
    cloud: characters(WORD),
  },
  Partnership: { status: characters(WORD) },
  User: {
    subject: characters(SUBJECT),
    email: characters(EMAIL),
    displayName: characters(PERSON),
    agentRoles: WORDS,
    adminRoles: WORDS,
    status: characters(WORD),
  },
  ApiKey: { name: characters(100), permissions: json(allPermissions), status: characters(WORD) },
  ApiKeySecret: { hash: characters(SHA256), lastCharacters: characters(4) },
  Customer: {
    tenantId: characters(MAX_TENANT_ID_LENGTH),
    companyName: characters(COMPANY),
    domain: characters(DOMAIN),
    country: characters(2),
    cloud: characters(WORD),
  },
  Invitation: {
    tokenHash: characters(SHA256),
    status: characters(WORD),
    recipientEmail: characters(EMAIL),
    pendingKey: characters(2 * ID + EMAIL + 2),
    subject: characters(SUBJECT_LINE),
    bodyTemplate: bytes(BYTES_OF_A_CHARACTER * BODY),
  },
  ResellerRelationship: {
    kind: characters(WORD),
    status: characters(WORD),
    companyName: characters(COMPANY),
    companyNameKey: characters(SEARCH_KEY_LENGTH),
    domain: characters(DOMAIN),
    contactEmail: characters(EMAIL),
    contactPhone: characters(MAX_PHONE_NUMBER_LENGTH),
    contactFirstName: characters(50),
    contactMiddleName: characters(50),
    contactLastName: characters(50),
    registrationNumber: characters(MAX_REGISTRATION_NUMBER_LENGTH),
  },
  Offer: {
    catalogId: characters(100),
    country: characters(2),
    locale: characters(10),
    name: characters(300),
    nameKey: characters(SEARCH_KEY_LENGTH),
    description: bytes(BYTES_OF_A_CHARACTER * 10_000),
    termDuration: characters("P9999M".length),
    supportedBillingCycles: WORDS,
    billingType: characters(WORD),
    unitType: characters(100),
    prerequisiteCatalogIds: json(Array.from({ length: 500 }, () => "x".repeat(100))),
  },
  Subscription: {
    offerName: characters(300),
    friendlyName: characters(300),
    unitType: characters(100),
    status: characters(WORD),
    suspensionReasons: WORDS,
    billingType: characters(WORD),
    billingCycle: characters(WORD),
    termDuration: characters("P9999M".length),
    refundableBatches: json(
      Array.from({ length: MAX_REFUNDABLE_BATCHES }, () => ({
        quantity: MAX_INT,
        until: "x".repeat(INSTANT),
      })),
    ),
  },
  OrganizationHead: {
    // 128 bits in base64url.
    timeline: characters(22),
    lastHash: characters(SHA256),
    rowCounts: bytes(contributions.auditedRows.counted.length * 10 * (2 * WORD + 20)),
  },
  Event: {
    type: characters(Math.max(...allEventTypes.map(({ length }) => length))),
    actorId: characters(ACTOR),
    requestId: characters(REQUEST_ID),
    facts: FACTS,
  },
  ActivityRecord: {
    actorId: characters(MAX_TENANT_ID_LENGTH),
    actorName: characters(EMAIL),
    operation: characters(64),
    outcome: characters(WORD),
    errorCode: characters(64),
    resourceType: characters(WORD),
    customerName: characters(COMPANY),
    customerNameKey: characters(SEARCH_KEY_LENGTH),
    oldValues: AUDITED,
    newValues: AUDITED,
    requestId: characters(REQUEST_ID),
    previousHash: characters(SHA256),
    hash: characters(SHA256),
  },
  IdempotencyRecord: {
    id: characters(SHA256),
    operation: characters(64),
    inputHash: characters(SHA256),
    sealedResult: RESULT,
  },
  WebhookEndpoint: {
    url: characters(MAX_URL_LENGTH),
    description: characters(500),
    eventTypes: json(allEventTypes),
    status: characters(WORD),
    disabledReason: characters(WORD),
    // Two secrets of at most 64 bytes in base64, sealed with 28 bytes more.
    sealedSecrets: bytes(2 * jsonOf({ sealed: 200, createdAt: INSTANT, expiresAt: INSTANT })),
    timeline: characters(22),
    testedAt: json(["x".repeat(INSTANT), "x".repeat(INSTANT)]),
    leaseHolder: characters(64),
  },
  CustomerGrant: { permission: characters(Math.max(...allPermissions.map(({ length }) => length))) },
  SecretsKeyCheck: {
    // A text of 52 bytes, sealed with 28 bytes more, in base64 behind "v1.".
    sealed: characters(3 + Math.ceil((52 + 28) / 3) * 4),
  },
  WebhookDelivery: {
    eventType: characters(Math.max(...allEventTypes.map(({ length }) => length))),
    outcome: characters(WORD),
    error: characters(WORD),
    responseExcerpt: characters(1_024),
    requestedBy: characters(ACTOR),
    requestId: characters(REQUEST_ID),
  },
};

/** Bytes that a type of MySQL and MariaDB holds. */
const CAPACITY: Record<string, number> = { text: 65_535, "simple-json": 65_535, mediumtext: 16_777_215 };

/** Columns of an entity that hold text, and of its superclasses. */
function textColumns(entity: { name: string; prototype: object }) {
  const { columns } = getMetadataArgsStorage();
  return columns
    .filter(
      ({ target }) =>
        target === entity || (typeof target === "function" && entity.prototype instanceof target),
    )
    .filter(({ options }) => options.type === "varchar" || String(options.type) in CAPACITY)
    .map(({ propertyName, options: { type, length } }) => ({
      propertyName,
      type: String(type),
      length: Number(length),
    }));
}

/** Ids and instants are as long as the program makes them, whatever column they are in. */
function limitOf(entity: string, column: { propertyName: string; length: number }): Limit | undefined {
  const own = LIMITS[entity]?.[column.propertyName];
  if (own) return own;
  if (column.length === 40) return characters(ID);
  return column.length === INSTANT ? characters(INSTANT) : undefined;
}

describe.each(allEntities.map((entity) => [entity.name, entity] as const))(
  "the columns of %s",
  (name, entity) => {
    const found = textColumns(entity);

    it.each(found.map((column) => [column.propertyName, column] as const))(
      "%s holds what its rule lets in",
      (_column, column) => {
        const limit = limitOf(name, column);
        // A new column of text needs an entry in LIMITS: how much the rule lets in.
        if (!limit) throw new Error(`LIMITS has no entry for ${name}.${column.propertyName}`);
        if (column.type === "varchar") expect(limit).toEqual({ characters: expect.any(Number) as number });
        const needed = "bytes" in limit ? limit.bytes : limit.characters;
        expect(needed).toBeLessThanOrEqual(CAPACITY[column.type] ?? column.length);
      },
    );

    it("are the ones that have an entry", () => {
      const known = new Set(found.map(({ propertyName }) => propertyName));
      expect(Object.keys(LIMITS[name] ?? {}).filter((column) => !known.has(column))).toEqual([]);
    });
  },
);
