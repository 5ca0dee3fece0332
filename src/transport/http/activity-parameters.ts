import { ActivityOutcome, ActivityResource } from "../../../entities/activity/activity-record";
import type { ActivityFilter } from "../../activity/activity-filter";
import { readInstant } from "../../values/instant";
import { FieldChecks } from "../../errors/field-checks";
import type { AddressParameters } from "./request-target";

type Read = { value: string } | { problem: string };

/**
 * The filter that an address's query parameters say, under the names that the query `activityLog` has for them, and by the
 * same rules.
 * @throws InvalidInput naming each parameter that there is not, or that breaks its rule
 */
export function activityFilterIn(parameters: AddressParameters): ActivityFilter {
  const filter: Record<string, string> = {};
  const checks = new FieldChecks();
  for (const [name, value] of [...parameters].slice(0, MAX_PARAMETERS)) {
    const read = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (!read) checks.field(...unknownParameter(name));
    else {
      const found = read(value);
      if ("problem" in found) checks.field(name, `${name} ${found.problem}`);
      else filter[name] = found.value;
    }
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

const asText = (value: string): Read => ({ value });
const oneOf =
  (words: object) =>
  (value: string): Read =>
    Object.hasOwn(words, value) ? { value } : { problem: `must be one of ${Object.keys(words).join(", ")}.` };

const PARAMETERS: Record<string, (value: string) => Read> = {
  from: asInstant,
  to: asInstant,
  customerId: asText,
  companyName: asText,
  resourceType: oneOf(ActivityResource),
  operation: asText,
  userId: asText,
  outcome: oneOf(ActivityOutcome),
};

/** In an address a plus that is not encoded is a space (WHATWG URL, application/x-www-form-urlencoded). */
function asInstant(value: string): Read {
  const read = readInstant(value.replace(/ (?=\d\d:\d\d$)/, "+"));
  return "instant" in read ? { value: read.instant } : read;
}
