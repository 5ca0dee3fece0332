import type { MemberActor } from "./actor";

/** What tells one person or key of an organization from another with the same rights. */
const PERSONAL = ["userId", "apiKeyId", "subject", "email", "displayName"];

/**
 * An actor in the place of all who have the same rights, for work that is done once for many of them. What names the person
 * or key throws when it is asked for, so no answer can depend on it.
 */
export function impersonal(actor: MemberActor): MemberActor {
  const anyOne = { ...actor };
  for (const name of PERSONAL) {
    if (!(name in anyOne)) continue;
    const get = () => {
      throw new Error(`What is done once for many must not ask for one's ${name}.`);
    };
    Object.defineProperty(anyOne, name, { enumerable: false, get });
  }
  return anyOne;
}

/**
 * Every fact that decides an actor's rights, as text: two actors with the same text get the same answers. It is whatever
 * `impersonal` leaves to be asked for.
 */
export function rightsOf(actor: MemberActor): string {
  return JSON.stringify(impersonal(actor), (_name, value: unknown) =>
    value instanceof Set ? [...(value as Set<string>)].sort() : value,
  );
}
