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

/** Puts records of 3 kB each into a partner's log, past the program: a download does not verify them. */
export async function fat(
  { database }: TestContext,
  { partner: { id } }: PartnerWithUser,
  count: number,
): Promise<void> {
  const values = JSON.stringify({ note: "x".repeat(3_000) });
  const now = new Date().toISOString();
  for (let done = 0; done < count; done += 250) {
    const rows = Array.from({ length: 250 }, (_, at) => {
      const n = 1_000 + done + at;
      return `('${id}', ${n}, 'act_fat${n}', '${now}', 'user_x', 'x', 'fat', 'SUCCEEDED', '${values}', 'r', '', '')`;
    });
    await database.schemaSource.query(
      `INSERT INTO activity_record (organizationId, sequence, id, occurredAt, actorId, actorName, operation, outcome,
         newValues, requestId, previousHash, hash) VALUES ${rows.join(", ")}`,
    );
  }
}
