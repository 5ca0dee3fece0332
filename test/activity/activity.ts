import { ActivityRecord } from "../../entities/activity/activity-record";
import { type LogReport, verifyActivityLog } from "../../src/activity/verify-activity-log";
import { sql } from "../../src/database/sql";
import type { TestContext } from "../support/test-context";

/** Everything in an organization's activity log, oldest first. */
export function logOf(
  { database }: Pick<TestContext, "database">,
  organizationId: string,
): Promise<ActivityRecord[]> {
  return database.read((reads) =>
    reads.all(
      ActivityRecord,
      sql`FROM activity_record WHERE organizationId = ${organizationId} ORDER BY sequence`,
    ),
  );
}

/** The records that one operation left in an organization's log. */
export async function tracesOf(
  testContext: Pick<TestContext, "database">,
  organizationId: string,
  operation: string,
): Promise<ActivityRecord[]> {
  return (await logOf(testContext, organizationId)).filter((record) => record.operation === operation);
}

/** What the verification says of one organization's log. */
export async function reportOn(
  { database }: Pick<TestContext, "database">,
  organizationId: string,
): Promise<LogReport> {
  const read: TestContext["system"]["read"] = (work) => database.read(work);
  for await (const report of verifyActivityLog({ read }, organizationId)) return report;
  throw new Error("there was no report");
}

/** Changes the tables as somebody with all rights on the database could: past the triggers that refuse it. */
export async function tamper(
  { database }: Pick<TestContext, "database">,
  statements: string[],
): Promise<void> {
  const source = database.schemaSource;
  const triggers = ["update", "delete"].map((what) => [what, `activity_record_refuses_${what}`] as const);
  for (const [, name] of triggers) await source.query(`DROP TRIGGER ${name}`);
  try {
    for (const statement of statements) await source.query(statement);
  } finally {
    for (const [what, name] of triggers) {
      const refuses =
        database.family === "sqlite"
          ? "BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END"
          : "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the activity log is append-only'";
      await source.query(`CREATE TRIGGER ${name} BEFORE ${what.toUpperCase()} ON activity_record ${refuses}`);
    }
  }
}
