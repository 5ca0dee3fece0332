import { type User, UserStatus } from "../../entities/identity/user";
import { userErrors } from "./user.errors";

/** A new user waits for its first sign-in, unless it is known by whom it is going to sign in. */
export function begin({ subject }: Pick<User, "subject">): UserStatus {
  return subject === null ? UserStatus.INVITED : UserStatus.ACTIVE;
}

/**
 * From invited or active to inactive.
 * @throws USER_ALREADY_INACTIVE it is so already
 */
export function deactivate({ status }: Pick<User, "status">): UserStatus {
  if (status !== UserStatus.INACTIVE) return UserStatus.INACTIVE;
  throw userErrors.USER_ALREADY_INACTIVE("The user is deactivated already.", { field: "userId" });
}

/**
 * From inactive back to active; one who has never signed in is invited again.
 * @throws USER_NOT_INACTIVE from any other state
 */
export function reactivate(user: Pick<User, "status" | "subject">): UserStatus {
  if (user.status === UserStatus.INACTIVE) return begin(user);
  throw userErrors.USER_NOT_INACTIVE(`The user is ${user.status}; only an INACTIVE one can be reactivated.`, {
    field: "userId",
  });
}
