import { registerEnumType } from "type-graphql";

const registered = new Map<string, readonly string[]>();

/** The values of the enums that callers write, by the enums' names. */
export const enumValues: ReadonlyMap<string, readonly string[]> = registered;

/**
 * Shows an enum in the schema.
 * @param values the enum
 * @param name its name in the schema
 * @param description what it says
 * @param meanings what each of its values means
 */
export function registerEnum<E extends Record<string, string>>(
  values: E,
  name: string,
  description: string,
  meanings: Record<keyof E, string>,
): void {
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(meanings).map(([value, description]) => [value, { description }]),
  ) as Record<keyof E, { description: string }>;
  registerEnumType(values, { name, description, valuesConfig });
  registered.set(name, Object.keys(meanings));
}
