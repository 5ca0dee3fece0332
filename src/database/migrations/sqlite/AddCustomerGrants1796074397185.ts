import type { MigrationInterface, QueryRunner } from "typeorm";

/** AddCustomerGrants: permissions that a user has for one customer, and the webhook endpoints that they limit. */
export class AddCustomerGrants1796074397185 implements MigrationInterface {
  readonly name = "AddCustomerGrants1796074397185";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE "customer_grant" ("holderId" varchar(40) NOT NULL, "permission" varchar(64) NOT NULL, "customerId" varchar(40) NOT NULL, "sourceId" varchar(40) NOT NULL, "until" varchar(24), CONSTRAINT "FK_28d5d296dd55b1b6826ce34df1d" FOREIGN KEY ("holderId") REFERENCES "user_account" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, CONSTRAINT "FK_be30c10c3faa4a2f07b7c1a2be6" FOREIGN KEY ("customerId") REFERENCES "customer" ("id") ON DELETE NO ACTION ON UPDATE NO ACTION, PRIMARY KEY ("holderId", "permission", "customerId", "sourceId"))',
    );
    await runner.query('CREATE INDEX "customer_grant_by_customer_id" ON "customer_grant" ("customerId")');
    await runner.query('CREATE INDEX "customer_grant_by_source_id" ON "customer_grant" ("sourceId")');
    await runner.query('ALTER TABLE "webhook_endpoint" ADD COLUMN "grantHolderId" varchar(40)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "webhook_endpoint" DROP COLUMN "grantHolderId"');
    await runner.query('DROP TABLE "customer_grant"');
  }
}
