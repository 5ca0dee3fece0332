import type { PartnerWithUser } from "../support/builders";
import type { TestContext } from "../support/test-context";
import type { TestServer } from "../support/test-server";

/** The header with which a person that a builder made downloads. */
export async function headersOf(
  { running }: TestServer,
  { tenantId, subject, email, displayName }: PartnerWithUser["actor"],
) {
  const person = { tenantId, subject, email, displayName, isGlobalAdmin: false };
  return { authorization: `Bearer ${await running.developmentIssuer?.sign(person, 600)}` };
}

/** Puts records of 3 kB, or of another length, into a partner's log, about these customers in turn, past the program: a download does not verify them. */
export async function fat(
  { database }: TestContext,
  { partner: { id } }: PartnerWithUser,
  count: number,
  { customerIds = [], length = 3_000 }: { customerIds?: readonly string[]; length?: number } = {},
): Promise<void> {
  const values = JSON.stringify({ note: "x".repeat(length) });
  const now = new Date().toISOString();
  for (let done = 0; done < count; done += 250) {
    const rows = Array.from({ length: 250 }, (_, at) => {
      const n = 1_000 + done + at;
      const customer = customerIds.length > 0 ? `'${customerIds[n % customerIds.length]}'` : "NULL";
      return `('${id}', ${n}, 'act_fat${n}', '${now}', 'user_x', 'x', 'fat', 'SUCCEEDED', '${values}', 'r', '', '', ${customer})`;
    });
    await database.schemaSource.query(
      `INSERT INTO activity_record (organizationId, sequence, id, occurredAt, actorId, actorName, operation, outcome,
         newValues, requestId, previousHash, hash, customerId) VALUES ${rows.join(", ")}`,
    );
  }
}
