import type { MigrationInterface, QueryRunner } from "typeorm";

/** Statements that define tables cannot be rolled back here, so one that broke off half way is run again from its beginning. */
async function addColumn(runner: QueryRunner, table: string, column: string, type: string): Promise<void> {
  const found = (await runner.query(
    "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ? LIMIT 1",
    [table, column],
  )) as object[];
  if (found.length === 0) await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN \`${column}\` ${type}`);
}

/** AddCustomerGrants: permissions that a user has for one customer, and the webhook endpoints that they limit. */
export class AddCustomerGrants1796074397185 implements MigrationInterface {
  readonly name = "AddCustomerGrants1796074397185";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      "CREATE TABLE IF NOT EXISTS `customer_grant` (`holderId` varchar(40) NOT NULL, `permission` varchar(64) NOT NULL, `customerId` varchar(40) NOT NULL, `sourceId` varchar(40) NOT NULL, `until` varchar(24) NULL, PRIMARY KEY (`holderId`,`permission`,`customerId`,`sourceId`), KEY `customer_grant_by_customer_id` (`customerId`), KEY `customer_grant_by_source_id` (`sourceId`), CONSTRAINT `FK_28d5d296dd55b1b6826ce34df1d` FOREIGN KEY (`holderId`) REFERENCES `user_account` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT `FK_be30c10c3faa4a2f07b7c1a2be6` FOREIGN KEY (`customerId`) REFERENCES `customer` (`id`) ON DELETE NO ACTION ON UPDATE NO ACTION) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    );
    await addColumn(
      runner,
      "webhook_endpoint",
      "grantHolderId",
      "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL",
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `webhook_endpoint` DROP COLUMN `grantHolderId`");
    await runner.query("DROP TABLE `customer_grant`");
  }
}
