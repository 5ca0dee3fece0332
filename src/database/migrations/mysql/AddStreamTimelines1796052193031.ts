import type { MigrationInterface, QueryRunner } from "typeorm";

/** Statements that define tables cannot be rolled back here, so one that broke off half way is run again from its beginning. */
async function addColumn(runner: QueryRunner, table: string, column: string, type: string): Promise<void> {
  const found = (await runner.query(
    "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ? LIMIT 1",
    [table, column],
  )) as object[];
  if (found.length === 0) await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN \`${column}\` ${type}`);
}

const TIMELINE = "varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT ''";
const INSTANT = "varchar(24) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL";

/** AddStreamTimelines: which history the positions of streams and webhook endpoints are of. */
export class AddStreamTimelines1796052193031 implements MigrationInterface {
  readonly name = "AddStreamTimelines1796052193031";

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, "organization_head", "timeline", TIMELINE);
    await addColumn(runner, "organization_head", "restoredAt", INSTANT);
    await addColumn(runner, "webhook_endpoint", "timeline", TIMELINE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `webhook_endpoint` DROP COLUMN `timeline`");
    await runner.query("ALTER TABLE `organization_head` DROP COLUMN `restoredAt`");
    await runner.query("ALTER TABLE `organization_head` DROP COLUMN `timeline`");
  }
}
