import type { MigrationInterface, QueryRunner } from "typeorm";

/** SecretsKeyCheck: a value by which a start knows whether SECRETS_KEY is the key of this database. */
export class SecretsKeyCheck1796051700000 implements MigrationInterface {
  readonly name = "SecretsKeyCheck1796051700000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE "secrets_key_check" ("id" varchar(40) PRIMARY KEY NOT NULL, "sealed" varchar(200) NOT NULL, "createdAt" varchar(24) NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "secrets_key_check"');
  }
}
