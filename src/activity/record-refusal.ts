import { ActivityResource } from "../../entities/activity/activity-record";
import { organizationOf } from "../access/actor";
import { type IdKind, kindOfId } from "../context/ids";
import type { UseCaseContext } from "../unit-of-work/use-case-context";
import type { RefusedAttempt } from "./activity-entry";

/** An attempt that was refused: what was called, with what, and why not. */
export interface Refusal {
  /** The root field, or whatever else was called. */
  operation: string;
  errorCode: string;
  /** The arguments. Nothing of them is written down but well-formed ids of customers and of what was acted on. */
  args: unknown;
}

/** What an id in the arguments can say that was acted on; the ids of others, such as offers, are not. */
const RESOURCES: Partial<Record<IdKind, ActivityResource>> = {
  invitation: ActivityResource.INVITATION,
  relationship: ActivityResource.RELATIONSHIP,
  subscription: ActivityResource.SUBSCRIPTION,
  user: ActivityResource.USER,
  apiKey: ActivityResource.API_KEY,
  webhookEndpoint: ActivityResource.WEBHOOK_ENDPOINT,
  customer: ActivityResource.CUSTOMER,
};

/** Writes a refused attempt into the acting organization's log; for an actor without one there is none. */
export async function recordRefusal(
  ctx: UseCaseContext,
  { operation, errorCode, args }: Refusal,
): Promise<void> {
  if (organizationOf(ctx.actor) === undefined) return;
  const attempt = { errorCode, ...namedIn(args) };
  await ctx.transaction(async (tx) => tx.recordRefusedAttempt(attempt), { operation });
}

/** What the arguments name. Looking it up would tell whether it is there, so it is written down as it was said. */
function namedIn(args: unknown): Omit<RefusedAttempt, "errorCode"> {
  const ids = textsIn(args).map((id) => ({ id, kind: kindOfId(id) }));
  const firstOf = (kinds: (IdKind | undefined)[]) => ids.find(({ kind }) => kind && kinds.includes(kind));
  const kinds = Object.keys(RESOURCES) as IdKind[];
  const customer = firstOf(["customer"]);
  const resource = firstOf(kinds.filter((kind) => kind !== "customer")) ?? customer;
  return {
    customerId: customer?.id ?? null,
    resourceType: (resource?.kind && RESOURCES[resource.kind]) ?? null,
    resourceId: resource?.id ?? null,
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
