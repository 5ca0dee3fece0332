import { randomBytes } from "node:crypto";
import { Cloud, Partner, ProgrammeRole } from "../../entities/partners/partner";
import { OrganizationHead } from "../../entities/events/organization-head";
import { newId } from "../../src/values/ids";
import type { Transaction } from "../../src/unit-of-work/transaction";
import type { TestContext } from "../support/test-context";
import { recordFor } from "../support/record-for";

/** A partner's row with nothing around it: no stream, no user. */
export function aPartnerRow(overrides: Partial<Partner>): Partner {
  const tag = randomBytes(5).toString("hex");
  const instant = "2026-03-01T12:00:00.000Z";
  return {
    id: newId(Partner),
    tenantId: `tenant-${tag}`,
    name: `Partner ${tag}`,
    programmeRole: ProgrammeRole.DIRECT_BILL,
    country: "US",
    cloud: Cloud.PUBLIC,
    domain: `partner-${tag}.example`,
    createdAt: instant,
    updatedAt: instant,
    version: 1,
    ...overrides,
  };
}

/** Writes partners' rows with nothing around them but the beginnings of their logs, which no organization is without. */
export async function insertPartners(tx: Transaction, rows: Partner[]): Promise<void> {
  const heads = rows.map(({ id }) => ({
    organizationId: id,
    lastPosition: 0,
    forgottenPosition: 0,
    lastSequence: 0,
    lastHash: "",
    timeline: "",
    restoredAt: null,
    rowCounts: {},
  }));
  await tx.insertAll(OrganizationHead, heads);
  await tx.insertAll(Partner, rows);
}

/** Writes one such row and gives it back. */
export async function insertPartner(tx: Transaction, overrides: Partial<Partner>): Promise<Partner> {
  const row = aPartnerRow(overrides);
  await insertPartners(tx, [row]);
  return row;
}

/** How many partners of a name a reader outside of every transaction sees. */
export function partnersNamed(testContext: TestContext, name: string): Promise<number> {
  return testContext.count("partner", `name = '${name}'`);
}

/** Records an event for these organizations, recognisable by its company name. */
export function noted(tx: Transaction, audience: string[], companyName = "Some Company"): void {
  recordFor(
    tx,
    "customer.updated",
    { customerId: "cust", partnerId: "part", companyName, domain: "d.example" },
    audience,
  );
}
