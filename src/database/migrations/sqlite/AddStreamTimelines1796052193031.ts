import type { MigrationInterface, QueryRunner } from "typeorm";

/** AddStreamTimelines: which history the positions of streams and webhook endpoints are of. */
export class AddStreamTimelines1796052193031 implements MigrationInterface {
  readonly name = "AddStreamTimelines1796052193031";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "organization_head" ADD COLUMN "timeline" varchar(32) NOT NULL DEFAULT ('')`,
    );
    await runner.query('ALTER TABLE "organization_head" ADD COLUMN "restoredAt" varchar(24)');
    await runner.query(
      `ALTER TABLE "webhook_endpoint" ADD COLUMN "timeline" varchar(32) NOT NULL DEFAULT ('')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "webhook_endpoint" DROP COLUMN "timeline"');
    await runner.query('ALTER TABLE "organization_head" DROP COLUMN "restoredAt"');
    await runner.query('ALTER TABLE "organization_head" DROP COLUMN "timeline"');
  }
}
