import type { Limits } from "../../config/limits";
import { hasLoneSurrogate } from "../../values/utf8";
import type { Variables } from "./operation-cost";
import type { Excess } from "./operation-size";

/** A limit that an operation's variables are beyond; `found` is absent where counting stopped at the limit. */
export interface VariablesExcess extends Omit<Excess, "found"> {
  found?: number;
  /** Where it stands, such as `input.companyName`; absent where its names are too long to be said again. */
  field?: string;
}

type VariableLimits = Pick<Limits, "name" | "text" | "values">;

/** How large variables are, and whether their texts can be stored. */
export interface VariablesSize {
  /** Where a text stands that holds half of a character; as in VariablesExcess. */
  malformed?: { field?: string };
  /** One limit that they are beyond, where there is one. */
  excess?: VariablesExcess;
  /** UTF-16 code units of all texts and names in them, as far as they were looked at. */
  length: number;
}

/** A value, and where it stands. */
interface Place {
  value: unknown;
  key: string;
  parent?: Place;
}

/**
 * Measures variables. Looks at the length of texts and at how many values there are, of a text only at whether it can be
 * stored, and stops at the first excess: this comes before whatever reads a value.
 */
export function sizeOfVariables(variables: Variables, { name, text, values }: VariableLimits): VariablesSize {
  let count = 0;
  let length = 0;
  let malformed: { field?: string } | undefined;
  // Not by recursion: a list in a list in a list may be deeper than the stack.
  const open: Place[] = [{ value: variables, key: "" }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { value } = place;
    if (typeof value === "string") {
      length += value.length;
      if (value.length <= text) {
        if (hasLoneSurrogate(value)) malformed ??= fieldOf(place, name);
        continue;
      }
      return {
        excess: { limit: "text", maximum: text, found: value.length, ...fieldOf(place, name) },
        length,
      };
    }
    if (typeof value !== "object" || value === null) continue;
    for (const key in value) {
      length += key.length;
      if (++count > values) return { excess: { limit: "values", maximum: values }, length };
      if (key.length > name)
        return {
          excess: { limit: "name", maximum: name, found: key.length, ...fieldOf(place, name) },
          length,
        };
      open.push({ value: (value as Record<string, unknown>)[key], key, parent: place });
    }
  }
  return { length, malformed };
}

/** The path to a place with dots between its keys, unless it is longer than one name may be. */
function fieldOf(place: Place, maxLength: number): { field?: string } {
  let field = place.key;
  for (let above = place.parent; above?.parent && field.length <= maxLength; above = above.parent)
    field = `${above.key}.${field}`;
  return field !== "" && field.length <= maxLength ? { field } : {};
}
