import type { ActivityRecord } from "../../entities/activity/activity-record";
import { hashOf } from "../../src/activity/activity-chain";
import { updateCustomer } from "../../src/customers";
import { aCustomer, aPartner, aRelationship } from "../support/builders";
import type { TestContext } from "../support/test-context";
import { logOf } from "./activity";

/** A partner's log of ten records, the fifth of which changes a name from Customer 3 to Customer 4. */
export async function aLog(testContext: TestContext): Promise<{ id: string; log: ActivityRecord[] }> {
  const { partner, actor } = await aPartner(testContext);
  const { customer } = await aCustomer(testContext);
  await aRelationship(testContext, partner, customer);
  for (let at = 2; at <= 8; at++)
    await updateCustomer(testContext.as(actor), { customerId: customer.id, companyName: `Customer ${at}` });
  const log = await logOf(testContext, partner.id);
  expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  return { id: partner.id, log };
}

const text = (value: string | number | null) =>
  value === null ? "NULL" : `'${String(value).replaceAll("'", "''")}'`;
/** The condition that finds one record. */
export const where = (id: string, sequence: number) =>
  `WHERE organizationId = '${id}' AND sequence = ${sequence}`;
/** Changes columns of a record. */
export const set = (id: string, sequence: number, changes: string) =>
  `UPDATE activity_record SET ${changes} ${where(id, sequence)}`;
/** Removes a record. */
export const remove = (id: string, sequence: number) => `DELETE FROM activity_record ${where(id, sequence)}`;

/** Writes a record as its columns say. */
export function put(record: ActivityRecord): string {
  const stored = Object.entries(record).map(([column, value]) => [
    column,
    text(
      value !== null && typeof value === "object" ? JSON.stringify(value) : (value as string | number | null),
    ),
  ]);
  const columns = stored.map(([column]) => column).join(", ");
  return `INSERT INTO activity_record (${columns}) VALUES (${stored.map(([, value]) => value).join(", ")})`;
}

/** A record with the hash that its columns have, as a forger who knows the recipe would write it. */
export const rehashed = (record: ActivityRecord): ActivityRecord => ({ ...record, hash: hashOf(record) });
