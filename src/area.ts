import type { AuditedRow } from "./activity/audited-rows";
import type { ConsistencyCheck } from "./database/consistency-check";
import type { Reference } from "./database/references.check";
import type { ScheduledJob } from "./jobs/scheduled-job";
import type { PurchaseRequirement, RemovalBlockerSource } from "./unit-of-work/contributions";
import type { UseCaseContext } from "./unit-of-work/use-case-context";
import type { Identified } from "./values/ids";

/** An entity. */
export type EntityClass = new () => object;

/** Functions that make the loaders of one request, by the loaders' names; each is given the others of the request too. */
export type LoaderMakers = Readonly<Record<string, (ctx: UseCaseContext, others: never) => object>>;

/** The loaders of one request that these functions make. */
export type MadeBy<Makers extends LoaderMakers> = {
  readonly [Name in keyof Makers]: ReturnType<Makers[Name]>;
};

/** How an object is found by its id. */
export interface NodeLookup<Loaders> {
  of: Identified;
  /** Gives the loader that finds it under the caller's own visibility. */
  loader(loaders: Loaders): { load(id: string): Promise<object | null> };
}

/** Everything that one area contributes to the mechanisms that all areas share. What an area does not have it leaves out. */
export interface Area<Makers extends LoaderMakers = LoaderMakers> {
  /** What the area stores. Statements of others name no table of them, but where `readBy` says so. */
  entities: readonly EntityClass[];
  /**
   * Entities whose tables the statements of other areas or mechanisms may read besides their own, by those folders' names: where one
   * statement is needed for what several areas store. Nobody else writes them.
   */
  readBy?: Readonly<Record<string, readonly EntityClass[]>>;
  /** Read in batches, once for each request. The names are those of `ctx.loaders`. */
  loaders: Makers;
  /** What `node` finds by id. */
  nodes?: readonly NodeLookup<MadeBy<Makers>>[];
  /** The rows whose changes the activity log tells of, and which of them are counted. */
  auditedRows?: readonly AuditedRow[];
  /** Columns that name rows, which `admin verify` looks for. */
  references?: readonly Reference[];
  /** What else `admin verify` compares. */
  checks?: readonly ConsistencyCheck[];
  /** What nobody's request does: what time does to rows, and the deletion of those that are too old. */
  jobs?: readonly ScheduledJob[];
  /** What of the area keeps a relationship from being removed. */
  removalBlockers?: readonly RemovalBlockerSource[];
  /** What the area demands of a purchase. */
  purchaseRequirements?: readonly PurchaseRequirement[];
}

/** Says what an area contributes; the type of its loaders stays exact. */
export function defineArea<const Makers extends LoaderMakers>(area: Area<Makers>): Area<Makers> {
  return area;
}
