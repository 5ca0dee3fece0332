import type { MigrationInterface, QueryRunner } from "typeorm";

/** IndexFilters: generated from the entities. */
export class IndexFilters1796041085179 implements MigrationInterface {
  readonly name = "IndexFilters1796041085179";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX "activity_by_customer_name" ON "activity_record" ("organizationId", "customerNameKey", "occurredAt", "id") ',
    );
    await runner.query(
      'CREATE INDEX "event_by_organization_id_customer_id_type_position" ON "event" ("organizationId", "customerId", "type", "position") ',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_customer_id_reseller_id_status_id" ON "subscription" ("customerId", "resellerId", "status", "id") ',
    );
    await runner.query(
      'CREATE INDEX "subscription_by_customer_id_partner_id_status_id" ON "subscription" ("customerId", "partnerId", "status", "id") ',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX "subscription_by_customer_id_partner_id_status_id"');
    await runner.query('DROP INDEX "subscription_by_customer_id_reseller_id_status_id"');
    await runner.query('DROP INDEX "event_by_organization_id_customer_id_type_position"');
    await runner.query('DROP INDEX "activity_by_customer_name"');
  }
}
