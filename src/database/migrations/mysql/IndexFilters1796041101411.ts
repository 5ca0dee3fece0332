import type { MigrationInterface, QueryRunner } from "typeorm";

/** Statements that define tables cannot be rolled back here, so one that broke off half way is run again from its beginning. */
async function createIndex(runner: QueryRunner, table: string, name: string, columns: string): Promise<void> {
  const found = (await runner.query(
    "SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? LIMIT 1",
    [table, name],
  )) as object[];
  if (found.length === 0) await runner.query(`CREATE INDEX \`${name}\` ON \`${table}\` (${columns})`);
}

/** IndexFilters: the indexes that filters of lists need. */
export class IndexFilters1796041101411 implements MigrationInterface {
  readonly name = "IndexFilters1796041101411";

  async up(runner: QueryRunner): Promise<void> {
    await createIndex(
      runner,
      "activity_record",
      "activity_by_customer_name",
      "`organizationId`, `customerNameKey`, `occurredAt`, `id`",
    );
    await createIndex(
      runner,
      "event",
      "event_by_organization_id_customer_id_type_position",
      "`organizationId`, `customerId`, `type`, `position`",
    );
    await createIndex(
      runner,
      "subscription",
      "subscription_by_customer_id_reseller_id_status_id",
      "`customerId`, `resellerId`, `status`, `id`",
    );
    await createIndex(
      runner,
      "subscription",
      "subscription_by_customer_id_partner_id_status_id",
      "`customerId`, `partnerId`, `status`, `id`",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("DROP INDEX `subscription_by_customer_id_partner_id_status_id` ON `subscription`");
    await runner.query("DROP INDEX `subscription_by_customer_id_reseller_id_status_id` ON `subscription`");
    await runner.query("DROP INDEX `event_by_organization_id_customer_id_type_position` ON `event`");
    await runner.query("DROP INDEX `activity_by_customer_name` ON `activity_record`");
  }
}
