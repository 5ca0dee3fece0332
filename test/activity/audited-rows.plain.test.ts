import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getMetadataArgsStorage } from "typeorm";
import { allEntities } from "../../entities";
import { ApiKeySecret } from "../../entities/identity/api-key";
import { ActivityRecord } from "../../entities/activity/activity-record";
import { Offer } from "../../entities/catalog/offer";
import { IdempotencyRecord } from "../../entities/database/idempotency-record";
import { Event } from "../../entities/events/event";
import { OrganizationHead } from "../../entities/events/organization-head";
import { CustomerGrant } from "../../entities/access/customer-grant";
import { SecretsKeyCheck } from "../../entities/webhooks/secrets-key-check";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { contributions } from "../../src/areas";

const auditOf = (entity: unknown) => contributions.auditedRows.of(entity);

const tableOf = (entity: unknown) =>
  getMetadataArgsStorage().tables.find(({ target }) => target === entity)?.name ?? "";

/** Every column of an entity, those of its base class too. */
function columnsOf(entity: new () => object): string[] {
  const family: unknown[] = [];
  for (let one: unknown = entity; one; one = Object.getPrototypeOf(one)) family.push(one);
  return getMetadataArgsStorage()
    .columns.filter(({ target }) => family.includes(target))
    .map(({ propertyName }) => propertyName);
}

describe("the table of audited rows", () => {
  it("has every entity but those that are no partner's, customer's or user's affair", () => {
    const silent = allEntities.filter((entity) => !auditOf(entity));
    // A delivery is a record itself, of what the program did.
    const records = [Event, ActivityRecord, IdempotencyRecord, WebhookDelivery];
    const known = new Set<unknown>([
      Offer,
      ApiKeySecret,
      CustomerGrant,
      OrganizationHead,
      SecretsKeyCheck,
      ...records,
    ]);
    expect(new Set<unknown>(silent)).toEqual(known);
  });

  it("leaves out exactly the columns that are secret, that say nothing, or that follow from others", () => {
    const left = Object.fromEntries(
      allEntities
        .filter((entity) => auditOf(entity))
        .map((entity) => {
          const written = new Set<string>(auditOf(entity)?.columns);
          const common = new Set(["id", "createdAt", "updatedAt", "version"]);
          return [
            tableOf(entity),
            columnsOf(entity)
              .filter((name) => !written.has(name) && !common.has(name))
              .sort(),
          ];
        }),
    );
    expect(left).toEqual({
      partner: [],
      partnership: [],
      customer: [],
      subscription: ["dueAt", "refundableBatches", "termNumber"],
      user_account: ["subject"],
      api_key: ["createdBy", "lastUsedAt"],
      invitation: ["bodyTemplate", "createdBy", "pendingKey", "subject", "tokenHash"],
      reseller_relationship: ["companyNameKey"],
      webhook_endpoint: [
        ...["attempt", "createdBy", "deliveredPosition", "failingSince", "grantHolderId", "leaseHolder"],
        ...["leaseNumber", "leaseUntil", "nextAttemptAt", "sealedSecrets", "testedAt", "timeline", "url"],
      ],
    });
  });

  it("cannot be gone round: no code writes an audited table by a statement of its own", () => {
    const audited = allEntities.filter((entity) => auditOf(entity));
    const tables = audited.map(tableOf);
    const folder = join(__dirname, "../../src");
    const writes = new RegExp(
      `\\b(?:INSERT INTO|UPDATE|DELETE FROM)\\s+[\`"]?(${tables.join("|")})[\`"]?\\s` +
        `|\\b(?:updateWhere|deleteWhere)\\(\\s*(?:${audited.map(({ name }) => name).join("|")})\\b`,
      "gi",
    );
    const found = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.includes("migrations"))
      .flatMap((file) =>
        [...readFileSync(join(folder, file), "utf8").matchAll(writes)].map(
          ([statement]) => `${file}: ${statement.trim()}`,
        ),
      );
    // When a key was used last is no change of the key, nor are an endpoint's lease and test; an endpoint is disabled, which is told, before it is erased.
    expect(found.sort()).toEqual([
      "identity/api-key.repository.ts: UPDATE api_key",
      "webhooks/send-test-webhook.ts: updateWhere(WebhookEndpoint",
      "webhooks/webhook-lease.ts: updateWhere(WebhookEndpoint",
      "webhooks/webhook.repository.ts: deleteWhere(WebhookEndpoint",
    ]);
  });
});
