import type { Limits } from "../../config/limits";
import type { Variables } from "./operation-cost";
import type { Excess } from "./operation-size";

/** A limit that an operation's variables are beyond; `found` is absent where counting stopped at the limit. */
export interface VariablesExcess extends Omit<Excess, "found"> {
  found?: number;
  /** Where it stands, such as `input.companyName`; absent where its names are too long to be said again. */
  field?: string;
}

type VariableLimits = Pick<Limits, "name" | "text" | "values">;

/** A value, and where it stands. */
interface Place {
  value: unknown;
  key: string;
  parent?: Place;
}

/**
 * One limit that variables are beyond, where there is one. Looks at the length of texts and at how many values there are,
 * never at what a text says, and stops at the first excess: this comes before whatever reads a value.
 */
export function excessOfVariables(
  variables: Variables,
  { name, text, values }: VariableLimits,
): VariablesExcess | undefined {
  let count = 0;
  // Not by recursion: a list in a list in a list may be deeper than the stack.
  const open: Place[] = [{ value: variables, key: "" }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value } = place;
    if (typeof value === "string" && value.length > text)
      return { limit: "text", maximum: text, found: value.length, ...fieldOf(place, name) };
    if (typeof value !== "object" || value === null) continue;
    for (const key in value) {
      if (++count > values) return { limit: "values", maximum: values };
      if (key.length > name)
        return { limit: "name", maximum: name, found: key.length, ...fieldOf(place, name) };
      open.push({ value: (value as Record<string, unknown>)[key], key, parent: place });
    }
  }
  return undefined;
}

/** The path to a place with dots between its keys, unless it is longer than one name may be. */
function fieldOf(place: Place, maxLength: number): { field?: string } {
  let field = place.key;
  for (let above = place.parent; above?.parent && field.length <= maxLength; above = above.parent)
    field = `${above.key}.${field}`;
  return field !== "" && field.length <= maxLength ? { field } : {};
}
