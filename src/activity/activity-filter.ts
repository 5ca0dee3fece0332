import { Customer } from "../../entities/customers/customer";
import type { ActivityOutcome, ActivityResource } from "../../entities/activity/activity-record";
import { ApiKey } from "../../entities/identity/api-key";
import { User } from "../../entities/identity/user";
import { isIdOf } from "../values/ids";
import { daysAfter, type Instant } from "../values/instant";
import { searchKey, searchTextProblem } from "../values/search-key";
import { FieldChecks } from "../errors/field-checks";
import { generalErrors } from "../errors/general.errors";

/** Which activity records; every condition that is given must hold. */
export interface ActivityFilter {
  /** From this instant on; 30 days before the end when absent. */
  from?: Instant | null;
  /** Before this instant; up to now when absent. */
  to?: Instant | null;
  customerId?: string | null;
  /** What the customer's name begins with, without regard to case and accents. */
  companyName?: string | null;
  resourceType?: ActivityResource | null;
  operation?: string | null;
  /** A user's or API key's id, or `system`. */
  userId?: string | null;
  outcome?: ActivityOutcome | null;
}

/** A filter that was checked, with its range completed. */
export interface CheckedFilter extends Omit<ActivityFilter, "companyName"> {
  from: Instant;
  /** Absent: to the newest record. */
  to?: Instant;
  companyNameKey?: string;
}

const DEFAULT_DAYS = 30;

/**
 * Completes a filter: without `from` it is the last 30 days, as in the field (docs/sources.md, activity log), up to `to` or now.
 * @throws FIELD_INVALID `from` is after `to`, or a text breaks a rule
 * @throws ID_MALFORMED customerId or userId is no such id
 */
export function checkedFilter(filter: ActivityFilter, now: Instant): CheckedFilter {
  const { to, companyName, userId, ...rest } = filter;
  const from = filter.from ?? daysAfter(to ?? now, -DEFAULT_DAYS);
  new FieldChecks()
    .field("from", to && from > to ? `from must not be after to, which is ${to}.` : undefined)
    .id("customerId", filter.customerId, Customer)
    .text("companyName", companyName, { max: 200 })
    .field("companyName", searchTextProblem("companyName", companyName))
    .text("operation", filter.operation, { max: 64 })
    .refusal(userId && !isActorId(userId) ? noActorId() : undefined)
    .done();
  const key = searchKey(companyName ?? "");
  return { ...rest, userId, from, ...(to && { to }), ...(key && { companyNameKey: key }) };
}

function isActorId(id: string): boolean {
  return id === "system" || isIdOf(User, id) || isIdOf(ApiKey, id);
}

function noActorId() {
  return generalErrors.ID_MALFORMED(
    "userId is not the id of a user or an API key: those are user_ or key_ and 26 characters. `system` is the program itself.",
    { field: "userId" },
  );
}
