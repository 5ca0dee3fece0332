import { Extensions, type MiddlewareFn, UseMiddleware } from "type-graphql";
import { ensureMayUse } from "../src/access/allow";
import type { Permission } from "../src/access/permissions";
import { DomainError, ErrorKind, InvalidInput } from "../src/errors/domain-error";
import type { GraphqlContext } from "./graphql-context";

/**
 * The door of a root field: who may pass, written into the schema too. Behind a mutation's door, expected refusals
 * (INVALID, NOT_FOUND, CONFLICT) become its `userErrors`, so that a typed client sees them as data.
 */
export function Allow(permission: Permission): MethodDecorator {
  return (target, name, descriptor) => {
    Extensions({ permission })(target, name as string, descriptor);
    UseMiddleware(door(permission))(target, name as string, descriptor);
  };
}

function door(permission: Permission): MiddlewareFn<GraphqlContext> {
  return async ({ context, info }, next) => {
    if (info.parentType.name === "Subscription") await context.refresh();
    ensureMayUse(context.actor, permission, context.matrix);
    if (info.parentType.name !== "Mutation") return next() as Promise<unknown>;
    try {
      const result = (await next()) as object;
      return { ...result, userErrors: [] };
    } catch (error) {
      const userErrors = expectedRefusals(error);
      if (userErrors) return { userErrors };
      throw error;
    }
  };
}

const EXPECTED = [ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.CONFLICT];

/** Plain objects, since graphql-js takes an Error among the results for a failed field. */
function expectedRefusals(
  error: unknown,
): Pick<DomainError, "code" | "field" | "message" | "details">[] | undefined {
  const refusals = error instanceof InvalidInput ? error.problems : [error];
  const isExpected = (refusal: unknown) => refusal instanceof DomainError && EXPECTED.includes(refusal.kind);
  if (!refusals.every(isExpected)) return undefined;
  return (refusals as DomainError[]).map(({ code, field, message, details }) => ({
    code,
    field,
    message,
    details,
  }));
}
