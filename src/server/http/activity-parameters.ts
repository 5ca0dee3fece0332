import { ActivityOutcome, ActivityResource } from "../../../entities/audit/activity-record";
import { DateTimeScalar } from "../../../schema/scalars";
import type { ActivityFilter } from "../../audit/activity-filter";
import { FieldChecks } from "../../errors/field-checks";

/**
 * The filter that an address's query parameters say, under the names that the query `activityLog` has for them.
 * @throws InvalidInput naming each parameter that there is not, or that is no such value
 */
export function activityFilterIn(query: unknown): ActivityFilter {
  const filter: Record<string, string> = {};
  const checks = new FieldChecks();
  for (const [name, value] of Object.entries(query as Record<string, unknown>)) {
    const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    const found = typeof value === "string" ? read?.(value) : undefined;
    if (!read) checks.field(name, `${name} is no filter; there are ${Object.keys(PARAMETERS).join(", ")}.`);
    else if (found === undefined)
      checks.field(name, `${name} must be given once, as in the query activityLog.`);
    else filter[name] = found;
  }
  checks.done();
  return filter;
}

const asText = (value: string) => value;
const oneOf = (words: object) => (value: string) => (Object.hasOwn(words, value) ? value : undefined);

const PARAMETERS: Record<string, (value: string) => string | undefined> = {
  from: asInstant,
  to: asInstant,
  customerId: asText,
  companyName: asText,
  resourceType: oneOf(ActivityResource),
  operation: asText,
  userId: asText,
  outcome: oneOf(ActivityOutcome),
};

function asInstant(value: string): string | undefined {
  try {
    return DateTimeScalar.parseValue(value);
  } catch {
    return undefined;
  }
}
