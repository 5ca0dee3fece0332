import type { MigrationInterface, QueryRunner } from "typeorm";

/** LongIdempotentResults: 64 kB were too few for the result of a long invitation. */
export class LongIdempotentResults1796041200001 implements MigrationInterface {
  readonly name = "LongIdempotentResults1796041200001";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `idempotency_record` MODIFY `sealedResult` mediumtext NULL");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE `idempotency_record` MODIFY `sealedResult` text NULL");
  }
}
