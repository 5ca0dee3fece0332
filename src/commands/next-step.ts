import { type User, UserStatus } from "../../entities/identity/user";

/** A Global admin that a command made, with its id, and what has to happen before it can work. */
export function nextStepOf({ id, displayName, email, status }: User): string {
  const next =
    status === UserStatus.INVITED
      ? "sign in with an account of this tenant that has this e-mail address; the first sign-in joins it to the user."
      : "sign in; the user is active.";
  return `Global admin ${displayName} <${email}>: ${id} (${status})\nNext: ${next}`;
}
