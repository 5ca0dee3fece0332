import { ActivityResource } from "../../entities/activity/activity-record";
import { organizationOf } from "../access/actor";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { RefusedAttempt } from "./activity-entry";
import type { AuditedRows } from "./audited-rows";

/** An attempt that was refused: what was called, with what, and why not. */
export interface Refusal {
  /** The root field, or whatever else was called. */
  operation: string;
  errorCode: string;
  /** The arguments. Nothing of them is written down but well-formed ids of customers and of what was acted on. */
  args: unknown;
}

/** Writes a refused attempt into the acting organization's log; for an actor without one there is none. */
export async function recordRefusal(
  ctx: UseCaseContext,
  { operation, errorCode, args }: Refusal,
): Promise<void> {
  if (organizationOf(ctx.actor) === undefined) return;
  const attempt = { errorCode, ...namedIn(args, ctx.contributions.auditedRows) };
  await ctx.transaction(async (tx) => tx.recordRefusedAttempt(attempt), { operation });
}

/** What the arguments name. Looking it up would tell whether it is there, so it is written down as it was said. */
function namedIn(args: unknown, auditedRows: AuditedRows): Omit<RefusedAttempt, "errorCode"> {
  const named = textsIn(args).flatMap((id) => {
    const audit = auditedRows.ofId(id);
    return audit ? [{ id, ...audit }] : [];
  });
  const customer = named.find(({ resource }) => resource === ActivityResource.CUSTOMER);
  const target = named.find((one) => one.isActedOn !== false && one.resource !== customer?.resource);
  return {
    customerId: customer?.id ?? null,
    resourceType: (target ?? customer)?.resource ?? null,
    resourceId: (target ?? customer)?.id ?? null,
  };
}

/** The texts among the arguments and, one level below, in input objects. */
function textsIn(args: unknown, depth = 1): string[] {
  if (args === null || typeof args !== "object") return [];
  return Object.values(args).flatMap((value: unknown) => {
    if (typeof value === "string") return [value];
    return depth > 0 ? textsIn(value, depth - 1) : [];
  });
}
