import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { DomainError, ErrorKind } from "../../errors/domain-error";

/** Whether it is known who calls. */
export function isSignedIn(context: GraphqlContext): boolean {
  return refusalOf(context) === undefined;
}

/**
 * Whether the caller showed nothing to sign in with, or something that was refused. Somebody whom we cannot look up
 * now, because the database or the issuer is away, is neither signed in nor an anonymous caller.
 */
export function isAnonymous(context: GraphqlContext): boolean {
  const { refusal } = refusalOf(context) ?? {};
  return refusal instanceof DomainError && refusal.kind === ErrorKind.UNAUTHENTICATED;
}

/**
 * For what is told to signed-in callers only.
 * @throws TOKEN_MISSING and the like, as every field does that wants to know who calls
 */
export function ensureSignedIn(context: GraphqlContext): void {
  const found = refusalOf(context);
  if (found) throw found.refusal;
}

function refusalOf(context: GraphqlContext): { refusal: unknown } | undefined {
  try {
    void context.actor;
    return undefined;
  } catch (refusal) {
    return { refusal };
  }
}
