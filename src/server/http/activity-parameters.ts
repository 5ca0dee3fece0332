import { ActivityOutcome, ActivityResource } from "../../../entities/audit/activity-record";
import { DateTimeScalar } from "../../../schema/scalars";
import type { ActivityFilter } from "../../audit/activity-filter";
import { FieldChecks } from "../../errors/field-checks";
import type { AddressParameters } from "./request-target";

/**
 * The filter that an address's query parameters say, under the names that the query `activityLog` has for them.
 * @throws InvalidInput naming each parameter that there is not, or that is no such value
 */
export function activityFilterIn(parameters: AddressParameters): ActivityFilter {
  const filter: Record<string, string> = {};
  const checks = new FieldChecks();
  for (const [name, value] of [...parameters].slice(0, MAX_PARAMETERS)) {
    const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    const found = read?.(value);
    if (!read) checks.field(...unknownParameter(name));
    else if (found === undefined) checks.field(name, `${name} must be as in the query activityLog.`);
    else filter[name] = found;
  }
  checks.done();
  return filter;
}

/** More are not looked at: one of them at least is no filter, so the request is refused. */
const MAX_PARAMETERS = 20;
const MAX_NAME_LENGTH = 64;

/** A name of any length is not said again. */
function unknownParameter(name: string): [field: string, problem: string] {
  const field = name.length > MAX_NAME_LENGTH ? "query" : name;
  return [field, `${field} is no filter; there are ${Object.keys(PARAMETERS).join(", ")}.`];
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
