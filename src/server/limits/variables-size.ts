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

/**
 * The first limit that variables are beyond, where there is one. Looks at the length of texts and at how many values there
 * are, never at what a text says, and stops at the first excess: this comes before whatever reads a value.
 */
export function excessOfVariables(
  variables: Variables,
  { name, text, values }: VariableLimits,
): VariablesExcess | undefined {
  let count = 0;
  const find = (value: unknown): { excess: VariablesExcess; path: string[] } | undefined => {
    if (typeof value === "string")
      return value.length > text ? found({ limit: "text", maximum: text, found: value.length }) : undefined;
    if (typeof value !== "object" || value === null) return undefined;
    const object = value as Record<string, unknown>;
    for (const key in object) {
      if (++count > values) return found({ limit: "values", maximum: values });
      if (key.length > name) return found({ limit: "name", maximum: name, found: key.length });
      const inside = find(object[key]);
      if (!inside) continue;
      inside.path.unshift(key);
      return inside;
    }
    return undefined;
  };
  const beyond = find(variables);
  if (!beyond) return undefined;
  const field = beyond.path.join(".");
  return { ...beyond.excess, ...(field !== "" && field.length <= name && { field }) };
}

function found(excess: VariablesExcess): { excess: VariablesExcess; path: string[] } {
  return { excess, path: [] };
}
