import { ResellerRelationship } from "../../entities/relationships/reseller-relationship";
import { Invitation } from "../../entities/invitations/invitation";
import { Subscription } from "../../entities/subscriptions/subscription";
import type { Connection } from "mysql2/promise";
import { ActivityResource } from "../../entities/activity/activity-record";
import type { RowCounts } from "../../entities/events/organization-head";
import { nameOf } from "../../src/unit-of-work/cached-counts";
import { insertRows, type StoredRow } from "../requests/insert-rows";
import { rowMaker } from "../requests/seed-rows";
import { customerMarkers, idSql, INVITED } from "./customer-sql";
import { eventPattern, EVENTS } from "./event-patterns";
import { insertPattern, type Pattern, withoutIndexes } from "./insert-sequence";

/** The partner that has every customer. */
export const BIG_PARTNER = "Clearwater Cloud";
/** How many others share the customers among them. */
const OTHERS = 10;

/**
 * Fills an empty, migrated MariaDB: one partner with all of so many customers, ten others with a tenth each (one in ten of
 * those relationships is removed); three subscriptions and ten events for each customer. Every row is made from one that
 * the bench of requests makes; a million customers take some minutes.
 */
export async function fillGrowth(
  connection: Connection,
  customers: number,
  tell: (text: string) => void = () => undefined,
): Promise<void> {
  for (const check of ["unique_checks", "foreign_key_checks"])
    await connection.query(`SET SESSION ${check} = 0`);
  const { first, patterns, last } = everything(customers);
  const time = async (what: string, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    tell(`${what}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  };
  for (const [table, rows] of first) await insertRows(connection, table, rows);
  for (const pattern of patterns) {
    const fill = () => insertPattern(connection, pattern);
    const { table } = pattern;
    await time(table, () => (table === "event" ? withoutIndexes(connection, table, fill) : fill()));
  }
  await time("counts", async () => {
    await insertRows(connection, "organization_head", last);
    await storeCounts(connection);
  });
  await time("statistics", () => analyze(connection));
}

/** What is filled in: a few rows, many rows, and the heads of the partners. */
function everything(customers: number) {
  const now = new Date().toISOString();
  const make = rowMaker(now);
  const big = make.partner(BIG_PARTNER);
  const others = Array.from({ length: OTHERS }, (_, at) => make.partner(`Partner ${at}`));
  const user = make.partnerUser(big);
  const offer = make.offer();
  const texts = { id: "{customer}", tenantId: "{tenant}", companyName: "{name}", domain: "{domain}" };
  const dates = { createdAt: "{since}", updatedAt: "{since}" };
  const customer: StoredRow = { ...make.customer(""), ...dates, ...texts };
  const markers = customerMarkers(customers);
  const other = `ELT(1 + c MOD ${OTHERS}, ${others.map(({ id }) => `'${id}'`).join(", ")})`;
  const relationship = { ...make.relationship(big, customer, 0), ...dates, establishedAt: "{since}" };
  const subscription = make.subscription(big, customer, offer, 0);
  const invitation = {
    ...{ ...make.invitation(big, user, customer, ""), ...dates },
    ...{ status: "ACCEPTED", endedAt: "{since}", pendingKey: null, version: 2 },
  };
  const patterns: Pattern[] = [
    { table: "customer", row: customer, markers, from: numbers(customers, "seq AS c") },
    {
      ...{ table: "invitation", row: invitation, markers },
      columns: { id: idSql(Invitation, "c"), tokenHash: "SHA2(c, 256)" },
      from: numbers(Math.ceil(customers / INVITED), `seq * ${INVITED} AS c`),
    },
    {
      ...{ table: "reseller_relationship", row: { ...relationship, companyNameKey: "{key}" }, markers },
      columns: relationshipColumns(customers, { big: `'${big.id}'`, other, now }),
      from: numbers(2 * customers, `seq MOD ${customers} AS c`),
    },
    {
      ...{ table: "subscription", row: subscription, markers },
      columns: subscriptionColumns({ big: `'${big.id}'`, other }),
      from: numbers(3 * customers, "seq DIV 3 AS c"),
    },
    eventPattern({ partner: big, user, customer, relationship, subscription, now }, customers, markers),
    {
      ...{ table: "organization_head", row: { ...make.head(customer), lastPosition: EVENTS.ofCustomer } },
      ...{ markers, columns: { rowCounts: COUNTS_OF_CUSTOMER }, from: numbers(customers, "seq AS c") },
    },
  ];
  const first: [string, StoredRow[]][] = [
    ["partner", [big, ...others]],
    ["user_account", [user]],
    ["offer", [offer]],
  ];
  const headOfBig = { ...make.head(big), lastPosition: customers * EVENTS.ofPartner };
  return { first, patterns, last: [headOfBig, ...others.map((partner) => make.head(partner))] };
}

/** Numbers from 0 on, with what they mean for a row as further columns. */
function numbers(count: number, meanings: string): string {
  return `(SELECT seq, ${meanings} FROM seq_0_to_${count - 1}) numbered`;
}

interface Sellers {
  big: string;
  other: string;
}

/** Whether the other partner of a customer has it no more. */
function isRemoved(customer: string): string {
  return `${customer} DIV ${OTHERS} MOD 10 = 9`;
}

/** The first half is the big partner's, the second the others'. */
function relationshipColumns(customers: number, { big, other, now }: Sellers & { now: string }) {
  const isBigs = `seq < ${customers}`;
  const isGone = `NOT ${isBigs} AND ${isRemoved("c")}`;
  return {
    id: idSql(ResellerRelationship, "seq"),
    partnerId: `IF(${isBigs}, ${big}, ${other})`,
    invitationId: `IF(${isBigs} AND c MOD ${INVITED} = 0, ${idSql(Invitation, "c")}, NULL)`,
    contactPhone: "IF(c MOD 2, CONCAT('+1 206 555 ', LPAD(c MOD 10000, 4, '0')), NULL)",
    status: `IF(${isGone}, 'REMOVED', 'ACTIVE')`,
    removedAt: `IF(${isGone}, '${now}', NULL)`,
    version: `IF(${isGone}, 2, 1)`,
  };
}

/** Of three two are the big partner's; one in fifty is suspended. */
function subscriptionColumns({ big, other }: Sellers) {
  const isSuspended = "seq MOD 50 = 49";
  return {
    id: idSql(Subscription, "seq"),
    partnerId: `IF(seq MOD 3 = 2, ${other}, ${big})`,
    quantity: "10 + seq MOD 90",
    status: `IF(${isSuspended}, 'SUSPENDED', 'ACTIVE')`,
    suspensionReasons: `IF(${isSuspended}, '["PARTNER"]', '[]')`,
    autoRenewEnabled: `NOT ${isSuspended} AND seq MOD 2 = 0`,
    version: `IF(${isSuspended}, 2, 1)`,
  };
}

/** The counts of a customer's rows, as the columns above have them. */
const COUNTS_OF_CUSTOMER = `CONCAT(
  IF(${isRemoved("c")}, '{"RELATIONSHIP ACTIVE":1,"RELATIONSHIP REMOVED":1', '{"RELATIONSHIP ACTIVE":2'),
  IF(3 * c MOD 50 >= 47, ',"SUBSCRIPTION ACTIVE":2,"SUBSCRIPTION SUSPENDED":1', ',"SUBSCRIPTION ACTIVE":3'),
  IF(c MOD ${INVITED} = 0, ',"INVITATION ACCEPTED":1}', '}'))`;

/** Sets the counts of the partners' rows to what is there. */
async function storeCounts(connection: Connection): Promise<void> {
  const counts = new Map<string, RowCounts>();
  for (const [kind, table] of [
    [ActivityResource.RELATIONSHIP, "reseller_relationship"],
    [ActivityResource.SUBSCRIPTION, "subscription"],
    [ActivityResource.INVITATION, "invitation"],
  ] as const) {
    // Without an index: a look into the table for each of its rows takes longer than reading it from end to end.
    const [rows] = await connection.query(
      `SELECT partnerId, status, COUNT(*) AS n FROM ${table} USE INDEX () GROUP BY partnerId, status`,
    );
    for (const { partnerId, status, n } of rows as { partnerId: string; status: string; n: number }[])
      counts.set(partnerId, { ...counts.get(partnerId), [nameOf(kind, status)]: Number(n) });
  }
  for (const [id, found] of counts)
    await connection.query("UPDATE organization_head SET rowCounts = ? WHERE organizationId = ?", [
      JSON.stringify(found),
      id,
    ]);
}

/** Has the optimizer look at what is there. */
export async function analyze(connection: Connection): Promise<void> {
  const tables =
    "partner, customer, user_account, offer, invitation, reseller_relationship, subscription, event, organization_head";
  await connection.query(`ANALYZE TABLE ${tables}`);
}
