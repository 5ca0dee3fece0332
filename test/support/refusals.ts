import { DomainError, InvalidInput } from "../../src/errors/domain-error";

/** The refusals of a promise that must fail: code, field, message and details of each. Fails when it succeeds. */
export async function refusalsOf(promise: Promise<unknown>): Promise<DomainError[]> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DomainError) return [error];
    if (error instanceof InvalidInput) return error.problems;
    throw error;
  }
  throw new Error("It was expected to be refused, and was not.");
}

/** The one code that a promise is refused with. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  return (await refusalsOf(promise)).map(({ code }) => code).join(" ");
}

/** What tests do with a mistake in the program that the caller need not suffer from: they fail. */
export function failByDefect(message: string): never {
  throw new Error(message);
}
