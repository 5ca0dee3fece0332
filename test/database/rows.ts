import { randomBytes } from "node:crypto";
import { Cloud, type Partner, ProgrammeRole } from "../../entities/partners/partner";
import { newId } from "../../src/context/ids";
import type { Transaction } from "../../src/database/transaction";
import type { House } from "../support/house";

/** A partner's row with nothing around it: no stream, no user. */
export function aPartnerRow(overrides: Partial<Partner>): Partner {
  const tag = randomBytes(5).toString("hex");
  const instant = "2026-03-01T12:00:00.000Z";
  return {
    id: newId("partner"),
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

/** How many partners of a name a reader outside of every transaction sees. */
export function partnersNamed(house: House, name: string): Promise<number> {
  return house.count("partner", `name = '${name}'`);
}

/** Records an event for these organizations, recognisable by its company name. */
export function noted(tx: Transaction, audience: string[], companyName = "Some Company"): void {
  tx.record(
    "customer.updated",
    { customerId: "cust", partnerId: "part", companyName, domain: "d.example" },
    audience,
  );
}
