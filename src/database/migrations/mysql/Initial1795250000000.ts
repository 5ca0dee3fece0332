import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * The first schema. These databases commit each CREATE by itself, so a node that dies half way leaves some tables: the
 * next one goes over them and makes the rest.
 */
export class Initial1795250000000 implements MigrationInterface {
  readonly name = "Initial1795250000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `partner` ( `id` varchar(40) NOT NULL, `tenantId` varchar(64) NOT NULL, `name` varchar(200) NOT NULL, `programmeRole` varchar(32) NOT NULL, `country` varchar(2) NOT NULL, `cloud` varchar(32) NOT NULL, `domain` varchar(253) NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `IDX_92319cfac7271a8dae1047256d` (`tenantId`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `customer` ( `id` varchar(40) NOT NULL, `tenantId` varchar(64) NOT NULL, `companyName` varchar(200) NOT NULL, `domain` varchar(253) NOT NULL, `country` varchar(2) NOT NULL, `cloud` varchar(32) NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `customer_by_tenant_id_cloud` (`tenantId`, `cloud`), UNIQUE KEY `IDX_0e560ccfa708ff07cd9eb35ec9` (`domain`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `user_account` ( `id` varchar(40) NOT NULL, `organizationId` varchar(40) NOT NULL, `subject` varchar(255) DEFAULT NULL, `email` varchar(254) DEFAULT NULL, `displayName` varchar(200) NOT NULL, `agentRoles` text NOT NULL, `adminRoles` text NOT NULL, `status` varchar(32) NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `user_account_by_organization_id_subject` (`organizationId`,`subject`), UNIQUE KEY `user_account_by_organization_id_email` (`organizationId`,`email`), KEY `user_account_by_organization_id_id` (`organizationId`,`id`), KEY `user_account_by_organization_id_status_id` (`organizationId`,`status`,`id`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `offer` ( `id` varchar(40) NOT NULL, `catalogId` varchar(100) NOT NULL, `country` varchar(2) NOT NULL, `locale` varchar(10) NOT NULL, `name` varchar(300) NOT NULL, `nameKey` varchar(200) NOT NULL, `description` text NOT NULL, `minimumQuantity` int NOT NULL, `maximumQuantity` int NOT NULL, `termDuration` varchar(10) NOT NULL, `supportedBillingCycles` text NOT NULL, `billingType` varchar(32) NOT NULL, `unitType` varchar(100) NOT NULL, `isAddOn` tinyint NOT NULL, `isTrial` tinyint NOT NULL, `isAutoRenewable` tinyint NOT NULL, `isAvailableForPurchase` tinyint NOT NULL, `prerequisiteCatalogIds` text NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `offer_by_catalog_id_country` (`catalogId`,`country`), KEY `offer_by_name_key_id` (`nameKey`,`id`), KEY `offer_by_country_name_key_id` (`country`,`nameKey`,`id`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `partnership` ( `id` varchar(40) NOT NULL, `providerId` varchar(40) NOT NULL, `resellerId` varchar(40) NOT NULL, `status` varchar(32) NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `partnership_by_reseller_id_provider_id` (`resellerId`,`providerId`), KEY `partnership_by_provider_id_reseller_id` (`providerId`,`resellerId`), CONSTRAINT `FK_260d49fa43d990a3b52b19e4f76` FOREIGN KEY (`providerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_96dc17218434a94d1d3a2245114` FOREIGN KEY (`resellerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `invitation` ( `id` varchar(40) NOT NULL, `partnerId` varchar(40) NOT NULL, `providerId` varchar(40) DEFAULT NULL, `tokenHash` varchar(64) NOT NULL, `status` varchar(32) NOT NULL, `recipientEmail` varchar(254) DEFAULT NULL, `pendingKey` varchar(350) DEFAULT NULL, `reusable` tinyint NOT NULL, `customerId` varchar(40) DEFAULT NULL, `subject` varchar(200) NOT NULL, `bodyTemplate` text NOT NULL, `expiresAt` varchar(24) NOT NULL, `endedAt` varchar(24) DEFAULT NULL, `createdBy` varchar(40) NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `IDX_676ef6471ce7176869d73365a4` (`tokenHash`), UNIQUE KEY `IDX_97bd598087db82ab4664d9c708` (`pendingKey`), KEY `invitation_by_status_expires_at_id` (`status`,`expiresAt`,`id`), KEY `invitation_by_customer_id_id` (`customerId`,`id`), KEY `invitation_by_provider_id_status_id` (`providerId`,`status`,`id`), KEY `invitation_by_provider_id_id` (`providerId`,`id`), KEY `invitation_by_partner_id_status_id` (`partnerId`,`status`,`id`), KEY `invitation_by_partner_id_id` (`partnerId`,`id`), CONSTRAINT `FK_50d36d4c082fb5b09f35a0efc8d` FOREIGN KEY (`partnerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_97944610fc9de6c16f1a049c8f9` FOREIGN KEY (`providerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_9fc58e9ae8822bc0fc0f4f3e7a4` FOREIGN KEY (`customerId`) REFERENCES `customer` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `reseller_relationship` ( `id` varchar(40) NOT NULL, `partnerId` varchar(40) NOT NULL, `customerId` varchar(40) NOT NULL, `kind` varchar(32) NOT NULL, `status` varchar(32) NOT NULL, `invitationId` varchar(40) DEFAULT NULL, `companyName` varchar(200) NOT NULL, `companyNameKey` varchar(200) NOT NULL, `domain` varchar(253) NOT NULL, `contactEmail` varchar(254) DEFAULT NULL, `contactPhone` varchar(40) DEFAULT NULL, `contactFirstName` varchar(50) DEFAULT NULL, `contactMiddleName` varchar(50) DEFAULT NULL, `contactLastName` varchar(50) DEFAULT NULL, `registrationNumber` varchar(50) DEFAULT NULL, `establishedAt` varchar(24) NOT NULL, `removedAt` varchar(24) DEFAULT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `relationship_by_partner_and_customer` (`partnerId`,`customerId`), KEY `relationship_by_partner_and_status` (`partnerId`,`status`,`id`), KEY `relationship_by_partner` (`partnerId`,`id`), KEY `relationship_by_domain` (`partnerId`,`status`,`domain`,`customerId`), KEY `relationship_by_since` (`partnerId`,`status`,`establishedAt`,`customerId`), KEY `relationship_by_company_name` (`partnerId`,`status`,`companyNameKey`,`customerId`), KEY `relationship_by_customer_and_partner` (`customerId`,`partnerId`), KEY `FK_657079c6fa5d14dccb80fc67c19` (`invitationId`), CONSTRAINT `FK_1e117104be6f14292f80311bde2` FOREIGN KEY (`customerId`) REFERENCES `customer` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_657079c6fa5d14dccb80fc67c19` FOREIGN KEY (`invitationId`) REFERENCES `invitation` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_c756c9bf986d82ec53118c36499` FOREIGN KEY (`partnerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `subscription` ( `id` varchar(40) NOT NULL, `customerId` varchar(40) NOT NULL, `partnerId` varchar(40) NOT NULL, `resellerId` varchar(40) DEFAULT NULL, `offerId` varchar(40) NOT NULL, `offerName` varchar(300) NOT NULL, `friendlyName` varchar(300) NOT NULL, `quantity` int NOT NULL, `unitType` varchar(100) NOT NULL, `status` varchar(32) NOT NULL, `suspensionReasons` text NOT NULL, `autoRenewEnabled` tinyint NOT NULL, `isTrial` tinyint NOT NULL, `billingType` varchar(32) NOT NULL, `billingCycle` varchar(32) NOT NULL, `termDuration` varchar(10) NOT NULL, `startsAt` varchar(24) NOT NULL, `termEndsAt` varchar(24) NOT NULL, `termNumber` int NOT NULL, `dueAt` varchar(24) DEFAULT NULL, `refundableBatches` text NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), KEY `subscription_by_due_at_id` (`dueAt`,`id`), KEY `subscription_by_customer_id_reseller_id_id` (`customerId`,`resellerId`,`id`), KEY `subscription_by_customer_id_partner_id_id` (`customerId`,`partnerId`,`id`), KEY `subscription_by_reseller_id_status_id` (`resellerId`,`status`,`id`), KEY `subscription_by_partner_id_status_id` (`partnerId`,`status`,`id`), KEY `subscription_by_reseller_id_id` (`resellerId`,`id`), KEY `subscription_by_partner_id_id` (`partnerId`,`id`), KEY `subscription_by_customer_id_id` (`customerId`,`id`), KEY `FK_306b184cb2974d656bacc2a1fb5` (`offerId`), CONSTRAINT `FK_306b184cb2974d656bacc2a1fb5` FOREIGN KEY (`offerId`) REFERENCES `offer` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_33a866e326a1db6086314c615fd` FOREIGN KEY (`partnerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_669fbc28260cbb5a4502fc8d57b` FOREIGN KEY (`resellerId`) REFERENCES `partner` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_e4543f99d629cf2c04fe9332e30` FOREIGN KEY (`customerId`) REFERENCES `customer` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `organization_head` ( `organizationId` varchar(40) NOT NULL, `lastPosition` bigint NOT NULL, `forgottenPosition` bigint NOT NULL, `lastSequence` bigint NOT NULL, `lastHash` varchar(64) NOT NULL, `rowCounts` text NOT NULL, PRIMARY KEY (`organizationId`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `api_key` ( `id` varchar(40) NOT NULL, `organizationId` varchar(40) NOT NULL, `name` varchar(100) NOT NULL, `permissions` text NOT NULL, `status` varchar(32) NOT NULL, `expiresAt` varchar(24) DEFAULT NULL, `lastUsedAt` varchar(24) DEFAULT NULL, `createdBy` varchar(40) NOT NULL, `revokedAt` varchar(24) DEFAULT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), KEY `api_key_by_organization_id_id` (`organizationId`,`id`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `api_key_secret` ( `hash` varchar(64) NOT NULL, `apiKeyId` varchar(40) NOT NULL, `lastCharacters` varchar(4) NOT NULL, `createdAt` varchar(24) NOT NULL, `expiresAt` varchar(24) DEFAULT NULL, PRIMARY KEY (`hash`), KEY `api_key_secret_by_api_key_id` (`apiKeyId`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `activity_record` ( `organizationId` varchar(40) NOT NULL, `sequence` bigint NOT NULL, `id` varchar(40) NOT NULL, `occurredAt` varchar(24) NOT NULL, `actorId` varchar(300) NOT NULL, `actorName` varchar(254) NOT NULL, `operation` varchar(64) NOT NULL, `outcome` varchar(32) NOT NULL, `errorCode` varchar(64) DEFAULT NULL, `resourceType` varchar(32) DEFAULT NULL, `resourceId` varchar(40) DEFAULT NULL, `customerId` varchar(40) DEFAULT NULL, `customerName` varchar(200) DEFAULT NULL, `customerNameKey` varchar(200) DEFAULT NULL, `oldValues` text DEFAULT NULL, `newValues` text DEFAULT NULL, `requestId` varchar(64) NOT NULL, `previousHash` varchar(64) NOT NULL, `hash` varchar(64) NOT NULL, PRIMARY KEY (`organizationId`,`sequence`), UNIQUE KEY `activity_by_organization_id_id` (`organizationId`,`id`), KEY `activity_by_occurred_at` (`organizationId`,`occurredAt`,`id`), KEY `activity_by_customer_id` (`organizationId`,`customerId`,`occurredAt`,`id`), KEY `activity_by_actor_id` (`organizationId`,`actorId`,`occurredAt`,`id`), KEY `activity_by_resource_type` (`organizationId`,`resourceType`,`occurredAt`,`id`), KEY `activity_by_operation` (`organizationId`,`operation`,`occurredAt`,`id`), KEY `activity_by_outcome` (`organizationId`,`outcome`,`occurredAt`,`id`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query("DROP TRIGGER IF EXISTS `activity_record_refuses_update`");
    await runner.query(
      "CREATE TRIGGER `activity_record_refuses_update` BEFORE UPDATE ON `activity_record` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the activity log is append-only'",
    );
    await runner.query("DROP TRIGGER IF EXISTS `activity_record_refuses_delete`");
    await runner.query(
      "CREATE TRIGGER `activity_record_refuses_delete` BEFORE DELETE ON `activity_record` FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the activity log is append-only'",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `event` ( `organizationId` varchar(40) NOT NULL, `position` bigint NOT NULL, `id` varchar(40) NOT NULL, `type` varchar(64) NOT NULL, `version` smallint NOT NULL, `customerId` varchar(40) NULL, `occurredAt` varchar(24) NOT NULL, `actorId` varchar(300) NOT NULL, `requestId` varchar(64) NOT NULL, `facts` text NOT NULL, PRIMARY KEY (`organizationId`,`position`), UNIQUE KEY `event_by_organization_id_id` (`organizationId`,`id`), KEY `event_by_organization_id_customer_id_position` (`organizationId`,`customerId`,`position`), KEY `event_by_organization_id_type_position` (`organizationId`,`type`,`position`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `idempotency_record` ( `id` varchar(64) NOT NULL, `operation` varchar(64) NOT NULL, `inputHash` varchar(64) NOT NULL, `sealedResult` text DEFAULT NULL, `expiresAt` varchar(24) NOT NULL, PRIMARY KEY (`id`), KEY `IDX_13faccf02d12be9393cad513a8` (`expiresAt`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `webhook_endpoint` ( `id` varchar(40) NOT NULL, `organizationId` varchar(40) NOT NULL, `url` varchar(2000) NOT NULL, `description` varchar(500) NOT NULL, `eventTypes` text NOT NULL, `customerId` varchar(40) DEFAULT NULL, `status` varchar(32) NOT NULL, `disabledReason` varchar(32) DEFAULT NULL, `disabledAt` varchar(24) DEFAULT NULL, `sealedSecrets` text NOT NULL, `createdBy` varchar(40) NOT NULL, `testedAt` text NOT NULL, `deliveredPosition` bigint NOT NULL, `attempt` int NOT NULL, `nextAttemptAt` varchar(24) DEFAULT NULL, `failingSince` varchar(24) DEFAULT NULL, `leaseHolder` varchar(64) DEFAULT NULL, `leaseUntil` varchar(24) DEFAULT NULL, `leaseNumber` bigint NOT NULL, `createdAt` varchar(24) NOT NULL, `updatedAt` varchar(24) NOT NULL, `version` int NOT NULL, PRIMARY KEY (`id`), KEY `webhook_endpoint_by_organization_id_id` (`organizationId`,`id`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `webhook_delivery` ( `id` varchar(40) NOT NULL, `endpointId` varchar(40) NOT NULL, `organizationId` varchar(40) NOT NULL, `eventId` varchar(40) NOT NULL, `position` bigint NOT NULL, `eventType` varchar(64) NOT NULL, `attempt` int NOT NULL, `createdAt` varchar(24) NOT NULL, `startedAt` varchar(24) DEFAULT NULL, `durationMs` int DEFAULT NULL, `outcome` varchar(32) NOT NULL, `statusCode` int DEFAULT NULL, `error` varchar(32) DEFAULT NULL, `responseExcerpt` varchar(1024) DEFAULT NULL, `nextAttemptAt` varchar(24) DEFAULT NULL, `requestedBy` varchar(300) DEFAULT NULL, `requestId` varchar(64) DEFAULT NULL, PRIMARY KEY (`id`), KEY `webhook_delivery_by_endpoint_id_id` (`endpointId`,`id`), KEY `webhook_delivery_by_outcome_endpoint_id` (`outcome`,`endpointId`), KEY `webhook_delivery_by_created_at` (`createdAt`) ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP TABLE IF EXISTS `webhook_delivery`");
    await runner.query("DROP TABLE IF EXISTS `webhook_endpoint`");
    await runner.query("DROP TABLE IF EXISTS `idempotency_record`");
    await runner.query("DROP TABLE IF EXISTS `activity_record`");
    await runner.query("DROP TABLE IF EXISTS `event`");
    await runner.query("DROP TABLE IF EXISTS `organization_head`");
    await runner.query("DROP TABLE IF EXISTS `subscription`");
    await runner.query("DROP TABLE IF EXISTS `reseller_relationship`");
    await runner.query("DROP TABLE IF EXISTS `invitation`");
    await runner.query("DROP TABLE IF EXISTS `partnership`");
    await runner.query("DROP TABLE IF EXISTS `offer`");
    await runner.query("DROP TABLE IF EXISTS `api_key_secret`");
    await runner.query("DROP TABLE IF EXISTS `api_key`");
    await runner.query("DROP TABLE IF EXISTS `user_account`");
    await runner.query("DROP TABLE IF EXISTS `customer`");
    await runner.query("DROP TABLE IF EXISTS `partner`");
  }
}
