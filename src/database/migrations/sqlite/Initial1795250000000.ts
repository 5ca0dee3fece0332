import type { MigrationInterface, QueryRunner } from "typeorm";

/** The first schema. */
export class Initial1795250000000 implements MigrationInterface {
  readonly name = "Initial1795250000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE "partner" ("id" varchar(40) PRIMARY KEY NOT NULL, "tenantId" varchar(64) NOT NULL, "name" varchar(200) NOT NULL, "programmeRole" varchar(32) NOT NULL, "country" varchar(2) NOT NULL, "cloud" varchar(32) NOT NULL, "domain" varchar(253) NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "customer" ("id" varchar(40) PRIMARY KEY NOT NULL, "tenantId" varchar(64) NOT NULL, "companyName" varchar(200) NOT NULL, "domain" varchar(253) NOT NULL, "country" varchar(2) NOT NULL, "cloud" varchar(32) NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "user_account" ("id" varchar(40) PRIMARY KEY NOT NULL, "organizationId" varchar(40) NOT NULL, "subject" varchar(255), "email" varchar(254), "displayName" varchar(200) NOT NULL, "agentRoles" text NOT NULL, "adminRoles" text NOT NULL, "status" varchar(32) NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "offer" ("id" varchar(40) PRIMARY KEY NOT NULL, "catalogId" varchar(100) NOT NULL, "country" varchar(2) NOT NULL, "locale" varchar(10) NOT NULL, "name" varchar(300) NOT NULL, "nameKey" varchar(200) NOT NULL, "description" text NOT NULL, "minimumQuantity" integer NOT NULL, "maximumQuantity" integer NOT NULL, "termDuration" varchar(10) NOT NULL, "supportedBillingCycles" text NOT NULL, "billingType" varchar(32) NOT NULL, "unitType" varchar(100) NOT NULL, "isAddOn" boolean NOT NULL, "isTrial" boolean NOT NULL, "isAutoRenewable" boolean NOT NULL, "isAvailableForPurchase" boolean NOT NULL, "prerequisiteCatalogIds" text NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "partnership" ("id" varchar(40) PRIMARY KEY NOT NULL, "providerId" varchar(40) NOT NULL, "resellerId" varchar(40) NOT NULL, "status" varchar(32) NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL, CONSTRAINT "FK_260d49fa43d990a3b52b19e4f76" FOREIGN KEY ("providerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_96dc17218434a94d1d3a2245114" FOREIGN KEY ("resellerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION)',
    );
    await runner.query(
      'CREATE TABLE "invitation" ("id" varchar(40) PRIMARY KEY NOT NULL, "partnerId" varchar(40) NOT NULL, "providerId" varchar(40), "tokenHash" varchar(64) NOT NULL, "status" varchar(32) NOT NULL, "recipientEmail" varchar(254), "pendingKey" varchar(350), "reusable" boolean NOT NULL, "customerId" varchar(40), "subject" varchar(200) NOT NULL, "bodyTemplate" text NOT NULL, "expiresAt" varchar(24) NOT NULL, "endedAt" varchar(24), "createdBy" varchar(40) NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL, CONSTRAINT "FK_50d36d4c082fb5b09f35a0efc8d" FOREIGN KEY ("partnerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_97944610fc9de6c16f1a049c8f9" FOREIGN KEY ("providerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_9fc58e9ae8822bc0fc0f4f3e7a4" FOREIGN KEY ("customerId") REFERENCES "customer" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION)',
    );
    await runner.query(
      'CREATE TABLE "reseller_relationship" ("id" varchar(40) PRIMARY KEY NOT NULL, "partnerId" varchar(40) NOT NULL, "customerId" varchar(40) NOT NULL, "kind" varchar(32) NOT NULL, "status" varchar(32) NOT NULL, "invitationId" varchar(40), "companyName" varchar(200) NOT NULL, "companyNameKey" varchar(200) NOT NULL, "domain" varchar(253) NOT NULL, "contactEmail" varchar(254), "contactPhone" varchar(40), "contactFirstName" varchar(50), "contactMiddleName" varchar(50), "contactLastName" varchar(50), "registrationNumber" varchar(50), "establishedAt" varchar(24) NOT NULL, "removedAt" varchar(24), "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL, CONSTRAINT "FK_c756c9bf986d82ec53118c36499" FOREIGN KEY ("partnerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_1e117104be6f14292f80311bde2" FOREIGN KEY ("customerId") REFERENCES "customer" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_657079c6fa5d14dccb80fc67c19" FOREIGN KEY ("invitationId") REFERENCES "invitation" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION)',
    );
    await runner.query(
      'CREATE TABLE "subscription" ("id" varchar(40) PRIMARY KEY NOT NULL, "customerId" varchar(40) NOT NULL, "partnerId" varchar(40) NOT NULL, "resellerId" varchar(40), "offerId" varchar(40) NOT NULL, "offerName" varchar(300) NOT NULL, "friendlyName" varchar(300) NOT NULL, "quantity" integer NOT NULL, "unitType" varchar(100) NOT NULL, "status" varchar(32) NOT NULL, "suspensionReasons" text NOT NULL, "autoRenewEnabled" boolean NOT NULL, "isTrial" boolean NOT NULL, "billingType" varchar(32) NOT NULL, "billingCycle" varchar(32) NOT NULL, "termDuration" varchar(10) NOT NULL, "startsAt" varchar(24) NOT NULL, "termEndsAt" varchar(24) NOT NULL, "termNumber" integer NOT NULL, "dueAt" varchar(24), "refundableBatches" text NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL, CONSTRAINT "FK_e4543f99d629cf2c04fe9332e30" FOREIGN KEY ("customerId") REFERENCES "customer" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_33a866e326a1db6086314c615fd" FOREIGN KEY ("partnerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_669fbc28260cbb5a4502fc8d57b" FOREIGN KEY ("resellerId") REFERENCES "partner" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_306b184cb2974d656bacc2a1fb5" FOREIGN KEY ("offerId") REFERENCES "offer" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION)',
    );
    await runner.query(
      'CREATE TABLE "organization_head" ("organizationId" varchar(40) PRIMARY KEY NOT NULL, "lastPosition" bigint NOT NULL, "forgottenPosition" bigint NOT NULL, "lastSequence" bigint NOT NULL, "lastHash" varchar(64) NOT NULL, "rowCounts" text NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "api_key" ("id" varchar(40) PRIMARY KEY NOT NULL, "organizationId" varchar(40) NOT NULL, "name" varchar(100) NOT NULL, "permissions" text NOT NULL, "status" varchar(32) NOT NULL, "expiresAt" varchar(24), "lastUsedAt" varchar(24), "createdBy" varchar(40) NOT NULL, "revokedAt" varchar(24), "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "api_key_secret" ("hash" varchar(64) PRIMARY KEY NOT NULL, "apiKeyId" varchar(40) NOT NULL, "lastCharacters" varchar(4) NOT NULL, "createdAt" varchar(24) NOT NULL, "expiresAt" varchar(24))',
    );
    await runner.query(
      'CREATE TABLE "activity_record" ("organizationId" varchar(40) NOT NULL, "sequence" bigint NOT NULL, "id" varchar(40) NOT NULL, "occurredAt" varchar(24) NOT NULL, "actorId" varchar(300) NOT NULL, "actorName" varchar(254) NOT NULL, "operation" varchar(64) NOT NULL, "outcome" varchar(32) NOT NULL, "errorCode" varchar(64), "resourceType" varchar(32), "resourceId" varchar(40), "customerId" varchar(40), "customerName" varchar(200), "customerNameKey" varchar(200), "oldValues" text, "newValues" text, "requestId" varchar(64) NOT NULL, "previousHash" varchar(64) NOT NULL, "hash" varchar(64) NOT NULL, PRIMARY KEY ("organizationId", "sequence"))',
    );
    await runner.query(
      'CREATE TABLE "event" ("organizationId" varchar(40) NOT NULL, "position" bigint NOT NULL, "id" varchar(40) NOT NULL, "type" varchar(64) NOT NULL, "version" smallint NOT NULL, "customerId" varchar(40), "occurredAt" varchar(24) NOT NULL, "actorId" varchar(300) NOT NULL, "requestId" varchar(64) NOT NULL, "facts" text NOT NULL, PRIMARY KEY ("organizationId", "position"))',
    );
    await runner.query(
      'CREATE TABLE "idempotency_record" ("id" varchar(64) PRIMARY KEY NOT NULL, "operation" varchar(64) NOT NULL, "inputHash" varchar(64) NOT NULL, "sealedResult" text, "expiresAt" varchar(24) NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "webhook_endpoint" ("id" varchar(40) PRIMARY KEY NOT NULL, "organizationId" varchar(40) NOT NULL, "url" varchar(2000) NOT NULL, "description" varchar(500) NOT NULL, "eventTypes" text NOT NULL, "customerId" varchar(40), "status" varchar(32) NOT NULL, "disabledReason" varchar(32), "disabledAt" varchar(24), "sealedSecrets" text NOT NULL, "createdBy" varchar(40) NOT NULL, "testedAt" text NOT NULL, "deliveredPosition" bigint NOT NULL, "attempt" integer NOT NULL, "nextAttemptAt" varchar(24), "failingSince" varchar(24), "leaseHolder" varchar(64), "leaseUntil" varchar(24), "leaseNumber" bigint NOT NULL, "createdAt" varchar(24) NOT NULL, "updatedAt" varchar(24) NOT NULL, "version" integer NOT NULL)',
    );
    await runner.query(
      'CREATE TABLE "webhook_delivery" ("id" varchar(40) PRIMARY KEY NOT NULL, "endpointId" varchar(40) NOT NULL, "organizationId" varchar(40) NOT NULL, "eventId" varchar(40) NOT NULL, "position" bigint NOT NULL, "eventType" varchar(64) NOT NULL, "attempt" integer NOT NULL, "createdAt" varchar(24) NOT NULL, "startedAt" varchar(24), "durationMs" integer, "outcome" varchar(32) NOT NULL, "statusCode" integer, "error" varchar(32), "responseExcerpt" varchar(1024), "nextAttemptAt" varchar(24), "requestedBy" varchar(300), "requestId" varchar(64))',
    );
    await runner.query(
      'CREATE INDEX "webhook_endpoint_by_organization_id_id" ON "webhook_endpoint" ("organizationId", "id")',
    );
    await runner.query(
      'CREATE INDEX "webhook_delivery_by_endpoint_id_id" ON "webhook_delivery" ("endpointId", "id")',
    );
    await runner.query(
      'CREATE INDEX "webhook_delivery_by_outcome_endpoint_id" ON "webhook_delivery" ("outcome", "endpointId")',
    );
    await runner.query('CREATE INDEX "webhook_delivery_by_created_at" ON "webhook_delivery" ("createdAt")');
    await runner.query('CREATE UNIQUE INDEX "IDX_92319cfac7271a8dae1047256d" ON "partner" ("tenantId")');
    await runner.query(
      'CREATE UNIQUE INDEX "customer_by_tenant_id_cloud" ON "customer" ("tenantId", "cloud")',
    );
    await runner.query('CREATE UNIQUE INDEX "IDX_0e560ccfa708ff07cd9eb35ec9" ON "customer" ("domain")');
    await runner.query(
      'CREATE UNIQUE INDEX "user_account_by_organization_id_subject" ON "user_account" ("organizationId", "subject")',
    );
    await runner.query(
      'CREATE UNIQUE INDEX "user_account_by_organization_id_email" ON "user_account" ("organizationId", "email")',
    );
    await runner.query(
      'CREATE INDEX "user_account_by_organization_id_id" ON "user_account" ("organizationId", "id")',
    );
    await runner.query(
      'CREATE INDEX "user_account_by_organization_id_status_id" ON "user_account" ("organizationId", "status", "id")',
    );
    await runner.query('CREATE INDEX "api_key_by_organization_id_id" ON "api_key" ("organizationId", "id")');
    await runner.query('CREATE INDEX "api_key_secret_by_api_key_id" ON "api_key_secret" ("apiKeyId")');
    await runner.query('CREATE INDEX "offer_by_name_key_id" ON "offer" ("nameKey", "id")');
    await runner.query('CREATE INDEX "offer_by_country_name_key_id" ON "offer" ("country", "nameKey", "id")');
    await runner.query(
      'CREATE UNIQUE INDEX "offer_by_catalog_id_country" ON "offer" ("catalogId", "country")',
    );
    await runner.query(
      'CREATE INDEX "partnership_by_provider_id_reseller_id" ON "partnership" ("providerId", "resellerId")',
    );
    await runner.query(
      'CREATE UNIQUE INDEX "partnership_by_reseller_id_provider_id" ON "partnership" ("resellerId", "providerId")',
    );
    await runner.query('CREATE UNIQUE INDEX "IDX_676ef6471ce7176869d73365a4" ON "invitation" ("tokenHash")');
    await runner.query('CREATE UNIQUE INDEX "IDX_97bd598087db82ab4664d9c708" ON "invitation" ("pendingKey")');
    await runner.query('CREATE INDEX "invitation_by_customer_id_id" ON "invitation" ("customerId", "id")');
    await runner.query(
      'CREATE INDEX "invitation_by_status_expires_at_id" ON "invitation" ("status", "expiresAt", "id")',
    );
    await runner.query('CREATE INDEX "invitation_by_provider_id_id" ON "invitation" ("providerId", "id")');
    await runner.query(
      'CREATE INDEX "invitation_by_provider_id_status_id" ON "invitation" ("providerId", "status", "id")',
    );
    await runner.query(
      'CREATE INDEX "invitation_by_partner_id_status_id" ON "invitation" ("partnerId", "status", "id")',
    );
    await runner.query('CREATE INDEX "invitation_by_partner_id_id" ON "invitation" ("partnerId", "id")');
    await runner.query(
      'CREATE INDEX "relationship_by_partner" ON "reseller_relationship" ("partnerId", "id")',
    );
    await runner.query(
      'CREATE INDEX "relationship_by_partner_and_status" ON "reseller_relationship" ("partnerId", "status", "id")',
    );
    await runner.query(
      'CREATE INDEX "relationship_by_domain" ON "reseller_relationship" ("partnerId", "status", "domain", "customerId")',
    );
    await runner.query(
      'CREATE INDEX "relationship_by_since" ON "reseller_relationship" ("partnerId", "status", "establishedAt", "customerId")',
    );
    await runner.query(
      'CREATE INDEX "relationship_by_company_name" ON "reseller_relationship" ("partnerId", "status", "companyNameKey", "customerId")',
    );
    await runner.query(
      'CREATE INDEX "relationship_by_customer_and_partner" ON "reseller_relationship" ("customerId", "partnerId")',
    );
    await runner.query(
      'CREATE UNIQUE INDEX "relationship_by_partner_and_customer" ON "reseller_relationship" ("partnerId", "customerId")',
    );
    await runner.query('CREATE INDEX "subscription_by_due_at_id" ON "subscription" ("dueAt", "id")');
    await runner.query(
      'CREATE INDEX "subscription_by_customer_id_partner_id_id" ON "subscription" ("customerId", "partnerId", "id")',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_customer_id_reseller_id_id" ON "subscription" ("customerId", "resellerId", "id")',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_reseller_id_id" ON "subscription" ("resellerId", "id")',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_partner_id_status_id" ON "subscription" ("partnerId", "status", "id")',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_reseller_id_status_id" ON "subscription" ("resellerId", "status", "id")',
    );
    await runner.query('CREATE INDEX "subscription_by_partner_id_id" ON "subscription" ("partnerId", "id")');
    await runner.query(
      'CREATE INDEX "subscription_by_customer_id_id" ON "subscription" ("customerId", "id")',
    );
    await runner.query(
      'CREATE UNIQUE INDEX "event_by_organization_id_id" ON "event" ("organizationId", "id")',
    );
    await runner.query(
      'CREATE INDEX "event_by_organization_id_customer_id_position" ON "event" ("organizationId", "customerId", "position")',
    );
    await runner.query(
      'CREATE INDEX "event_by_organization_id_type_position" ON "event" ("organizationId", "type", "position")',
    );
    await runner.query('CREATE INDEX "IDX_13faccf02d12be9393cad513a8" ON "idempotency_record" ("expiresAt")');
    await runner.query(
      'CREATE UNIQUE INDEX "activity_by_organization_id_id" ON "activity_record" ("organizationId", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_occurred_at" ON "activity_record" ("organizationId", "occurredAt", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_customer_id" ON "activity_record" ("organizationId", "customerId", "occurredAt", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_actor_id" ON "activity_record" ("organizationId", "actorId", "occurredAt", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_resource_type" ON "activity_record" ("organizationId", "resourceType", "occurredAt", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_operation" ON "activity_record" ("organizationId", "operation", "occurredAt", "id")',
    );
    await runner.query(
      'CREATE INDEX "activity_by_outcome" ON "activity_record" ("organizationId", "outcome", "occurredAt", "id")',
    );
    await runner.query(
      `CREATE TRIGGER "activity_record_refuses_update" BEFORE UPDATE ON "activity_record" BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END`,
    );
    await runner.query(
      `CREATE TRIGGER "activity_record_refuses_delete" BEFORE DELETE ON "activity_record" BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "webhook_delivery"');
    await runner.query('DROP TABLE "webhook_endpoint"');
    await runner.query('DROP TABLE "idempotency_record"');
    await runner.query('DROP TABLE "activity_record"');
    await runner.query('DROP TABLE "event"');
    await runner.query('DROP TABLE "organization_head"');
    await runner.query('DROP TABLE "subscription"');
    await runner.query('DROP TABLE "reseller_relationship"');
    await runner.query('DROP TABLE "invitation"');
    await runner.query('DROP TABLE "partnership"');
    await runner.query('DROP TABLE "offer"');
    await runner.query('DROP TABLE "api_key_secret"');
    await runner.query('DROP TABLE "api_key"');
    await runner.query('DROP TABLE "user_account"');
    await runner.query('DROP TABLE "customer"');
    await runner.query('DROP TABLE "partner"');
  }
}
