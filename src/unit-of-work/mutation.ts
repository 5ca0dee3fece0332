import type { Permission } from "../access/permissions";
import { DomainError, ErrorKind, type ErrorFactory, InvalidInput } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import type { EventType } from "../events/event-map";
import type { Transaction } from "./transaction";
import type { UseCaseContext } from "./use-case-context";

/** Something that a mutation answers or records, and when, where that does not follow from its name. */
export type Declared<T> = T | readonly [what: T, when: string];

/** All that is said of a mutation: its description in the schema, its refusals and its events are derived from it. */
export interface MutationDefinition {
  /** Its name in the schema, in the activity log and beside its idempotency keys. */
  name: string;
  permission: Permission;
  /** What it does, in plain sentences; codes and events are added to it. */
  description: string;
  /** What it refuses with, as data. What every mutation may answer is not listed, nor what its idempotency key is refused with. */
  codes: readonly Declared<ErrorFactory>[];
  /** When a caller that has the permission is FORBIDDEN nevertheless, such as `for your own user`. */
  forbidden?: string;
  /** What it records where it does something. */
  events: readonly Declared<EventType>[];
  /** Whether it takes an idempotency key; one that does not is safe to repeat by itself. True when absent. */
  takesIdempotencyKey?: boolean;
}

/** What a mutation works with: the caller's context, whose transaction is named and has its effect once for each idempotency key. */
export interface MutationContext extends Omit<UseCaseContext, "transaction"> {
  /** The caller's context as it is, for what is done besides. */
  readonly caller: UseCaseContext;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** What a mutation is asked for, whatever else that is. */
interface MutationInput {
  idempotencyKey?: string | null;
}

/** A use case that changes something, with what is said of it. */
export interface Mutation<Input extends object, Result> {
  (ctx: UseCaseContext, input: Input): Promise<Result>;
  readonly definition: MutationDefinition;
}

/** What a mutation that takes an idempotency key may answer about the key. */
export const codesOfKeys: readonly ErrorFactory[] = [
  generalErrors.FIELD_INVALID,
  generalErrors.IDEMPOTENCY_KEY_REUSED,
];

const EXPECTED: readonly ErrorKind[] = [ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.CONFLICT];

/**
 * Makes a use case that changes something.
 * @param perform checks the input and does the work; its errors are refusals that the definition declares
 */
export function defineMutation<Input extends object, Result>(
  definition: MutationDefinition,
  perform: (ctx: MutationContext, input: Input) => Promise<Result>,
): Mutation<Input, Result> {
  const { name, takesIdempotencyKey = true } = definition;
  const codes = new Set(
    [...definition.codes.map(declared), ...(takesIdempotencyKey ? codesOfKeys : [])].map(({ code }) => code),
  );
  const events = new Set<string>(definition.events.map(declared));
  const mutation = async (ctx: UseCaseContext, input: Input): Promise<Result> => {
    const { idempotencyKey } = input as MutationInput;
    const call = { operation: name, key: takesIdempotencyKey ? idempotencyKey : undefined, input };
    const transaction: MutationContext["transaction"] = (work) =>
      ctx.transaction(async (tx) => {
        const before = tx.recorded.length;
        const result = await work(tx);
        for (const { type } of tx.recorded.slice(before))
          if (!events.has(type)) ctx.reportDefect(`${name} records ${type} and does not declare it`);
        return result;
      }, call);
    try {
      return await perform(withTransaction(ctx, transaction), input);
    } catch (error) {
      for (const code of expectedCodes(error))
        if (!codes.has(code)) ctx.reportDefect(`${name} answers ${code} and does not declare it`);
      throw error;
    }
  };
  return Object.assign(mutation, { definition });
}

/** What is declared, without the words about when. */
export function declared<T>(one: Declared<T>): T {
  return Array.isArray(one) ? (one as readonly [T, string])[0] : (one as T);
}

/** The codes of refusals that are data, and not a fault of the server or a lack of rights. */
function expectedCodes(error: unknown): string[] {
  const refusals: unknown[] = error instanceof InvalidInput ? error.problems : [error];
  return refusals.flatMap((refusal) =>
    refusal instanceof DomainError && EXPECTED.includes(refusal.kind) ? [refusal.code] : [],
  );
}

function withTransaction(ctx: UseCaseContext, transaction: MutationContext["transaction"]): MutationContext {
  const { actor, requestId, settings, matrix, contributions, webhooks, log } = ctx;
  return {
    ...{ actor, requestId, settings, matrix, contributions, webhooks, log, transaction, caller: ctx },
    now: () => ctx.now(),
    read: (work) => ctx.read(work),
    reportDefect: (message) => ctx.reportDefect(message),
  };
}
