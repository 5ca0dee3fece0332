import {
  type ClassType,
  Extensions,
  type MiddlewareFn,
  Mutation as MutationField,
  type ResolverData,
  UseMiddleware,
} from "type-graphql";
import { detailsKindOf } from "../schema/errors/error-code.enum";
import { ensureMayUse, mayUse } from "../src/access/allow";
import type { Permission } from "../src/access/permissions";
import { ensureMayUseSomewhere } from "../src/unit-of-work/ensure-may-use";
import { DomainError, ErrorKind, InvalidInput } from "../src/errors/domain-error";
import {
  codesOfKeys,
  type Declared,
  declared,
  type Mutation,
  type MutationDefinition,
} from "../src/unit-of-work/mutation";
import type { GraphqlContext } from "./graphql-context";

/**
 * Guards a root field: who may use it, written into the schema too. Of a mutation, expected refusals
 * (INVALID, NOT_FOUND, CONFLICT) become its `userErrors`, so that a typed client sees them as data. Refused mutations, and
 * whatever else is FORBIDDEN, are written into the activity log before the answer.
 */
export function Allow(permission: Permission): MethodDecorator {
  return (target, name, descriptor) => {
    Extensions({ permission })(target, name as string, descriptor);
    UseMiddleware(door(permission))(target, name as string, descriptor);
  };
}

/**
 * A root field that is a mutation: its description, its permission and what its refusals become follow from the mutation's
 * definition. Its payload has `userErrors` beside what the mutation gives.
 */
export function Mutates<Input extends object, Result>(
  { definition }: Mutation<Input, Result>,
  payload: () => ClassType,
): MethodDecorator {
  const field = MutationField(payload, { nullable: true, description: describeMutation(definition) });
  const allow = Allow(definition.permission);
  return (target, name, descriptor) => {
    field(target, name, descriptor);
    allow(target, name, descriptor);
  };
}

/** The description of a mutation in the schema: what it does, what it refuses with and what it records. */
export function describeMutation(definition: MutationDefinition): string {
  const { description, forbidden, events, takesIdempotencyKey = true } = definition;
  const refusals = definition.codes.map((one) => withReason(declared(one).code, reasonOf(one)));
  const ofKeys = takesIdempotencyKey ? codesOfKeys.map(({ code }) => code) : [];
  const codes = [...refusals, ...ofKeys.filter((code) => !refusals.includes(code))].join(", ");
  const alsoForbidden = forbidden ? `; FORBIDDEN ${forbidden}` : "";
  const recorded = events.map((one) => withReason(declared(one), reasonOf(one))).join(", ");
  const sentences = [description, `Codes: ${codes}${alsoForbidden}.`];
  if (recorded) sentences.push(`${events.length > 1 ? "Events" : "Event"}: ${recorded}.`);
  return sentences.join(" ");
}

function reasonOf<T>(one: Declared<T>): string | undefined {
  return Array.isArray(one) ? (one as readonly [T, string])[1] : undefined;
}

function withReason(what: string, when: string | undefined): string {
  return when ? `${what} (${when})` : what;
}

function door(permission: Permission): MiddlewareFn<GraphqlContext> {
  return async ({ context, info, args }, next) => {
    const root = info.parentType.name;
    const isMutation = root === "Mutation";
    if (root === "Subscription") {
      // At each event, for all who share it. Whether a listener may begin is ensureMaySubscribe's to say, and to write down;
      // whether it still may is looked at where it listens.
      if (!mayUse(context.actor, permission)) await ensureMayUseSomewhere(context, permission);
      return next() as Promise<unknown>;
    }
    try {
      // Mutations take the permission for the whole organization.
      if (isMutation) ensureMayUse(context.actor, permission, context.matrix);
      else if (!mayUse(context.actor, permission)) await ensureMayUseSomewhere(context, permission);
      const isProspect = isMutation && context.actor.kind === "PROSPECT";
      const result: unknown = await next();
      // Its organization may be known by now, and what the answer selects is read as one of its users.
      if (isProspect) await context.refresh();
      return isMutation ? { ...(result as object), userErrors: [] } : result;
    } catch (error) {
      const errorCode = codeToRecord(error, isMutation ? [...EXPECTED, ErrorKind.FORBIDDEN] : undefined);
      if (errorCode) await context.recordRefusal({ operation: info.fieldName, errorCode, args });
      const userErrors = isMutation ? expectedRefusals(error) : undefined;
      if (userErrors) return { userErrors };
      throw error;
    }
  };
}

/**
 * Guards a live field, when a listener begins.
 * @throws FORBIDDEN it may not; the activity log says so
 */
export async function ensureMaySubscribe(
  { context, info, args }: Pick<ResolverData<GraphqlContext>, "context" | "info" | "args">,
  permission: Permission,
): Promise<void> {
  try {
    await ensureMayUseSomewhere(context, permission);
  } catch (error) {
    const errorCode = codeToRecord(error);
    if (errorCode) await context.recordRefusal({ operation: info.fieldName, errorCode, args });
    throw error;
  }
}

/** The code under which a refusal is written down; nothing where the caller has no name yet or the fault is ours. */
function codeToRecord(error: unknown, kinds = [ErrorKind.FORBIDDEN]): string | undefined {
  const refusal: unknown = error instanceof InvalidInput ? error.problems[0] : error;
  return refusal instanceof DomainError && kinds.includes(refusal.kind) ? refusal.code : undefined;
}

const EXPECTED = [ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.CONFLICT];

/** Plain objects, since graphql-js takes an Error among the results for a failed field. */
function expectedRefusals(error: unknown): object[] | undefined {
  const refusals = error instanceof InvalidInput ? error.problems : [error];
  const isExpected = (refusal: unknown) => refusal instanceof DomainError && EXPECTED.includes(refusal.kind);
  if (!refusals.every(isExpected)) return undefined;
  return (refusals as DomainError[]).map(({ code, field, message, details }) => ({
    code,
    field,
    message,
    details: details && { ...details, __typename: detailsKindOf(code) },
  }));
}
