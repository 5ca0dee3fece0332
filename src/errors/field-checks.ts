import { type Identified, isIdOf } from "../values/ids";
import { type DomainError, InvalidInput } from "./domain-error";
import { generalErrors } from "./general.errors";

/** Collects everything that is wrong with an input, so that the caller learns it in one answer. */
export class FieldChecks {
  private readonly problems: DomainError[] = [];

  /** Notes a problem of a field, where there is one. A problem is a sentence that names the rule and the way out. */
  field(name: string, problem: string | undefined): this {
    if (problem !== undefined) this.problems.push(generalErrors.FIELD_INVALID(problem, { field: name }));
    return this;
  }

  /** Notes a refusal with a code of its own, where there is one. */
  refusal(error: DomainError | undefined): this {
    if (error) this.problems.push(error);
    return this;
  }

  /** The id must have the shape of the ids of this kind of object; an absent one is not looked at. */
  id(name: string, value: string | null | undefined, of: Identified): this {
    if (value === null || value === undefined || isIdOf(of, value)) return this;
    const { prefix, noun } = of.ids;
    const shape = `${prefix}_ and 26 characters`;
    this.problems.push(
      generalErrors.ID_MALFORMED(`${name} is not the id of ${withArticle(noun)}: those are ${shape}.`, {
        field: name,
      }),
    );
    return this;
  }

  /**
   * The text must have a length within bounds, surrounding space not counted, and hold no control character or half of
   * one; line breaks only where `lines` says so. An absent one is not looked at.
   */
  text(
    name: string,
    value: string | null | undefined,
    { min = 1, max, lines = false }: { min?: number; max: number; lines?: boolean },
  ): this {
    if (value === null || value === undefined) return this;
    const text = value.trim();
    // A character has one UTF-16 code unit or two: a text of this length has too many, whatever they are.
    const length = text.length > 2 * max ? undefined : [...text].length;
    if (length === undefined || length < min || length > max) {
      const message = `${name} must have ${min} to ${max} characters; it has ${length ?? `more than ${max}`}.`;
      return this.noteRange(name, message, min, max);
    }
    const unfit = lines ? /(?![\n\r\t])\p{Cc}|\p{Cs}/u : /\p{Cc}|\p{Cs}/u;
    const rule = lines ? "must hold no control character" : "must be one line without control characters";
    return this.field(name, unfit.test(text) ? `${name} ${rule}.` : undefined);
  }

  /** The list must have at most `max` values, the same one more than once counted each time; an absent one is not looked at. */
  list(name: string, values: readonly unknown[] | null | undefined, max: number): this {
    const length = values?.length ?? 0;
    if (length <= max) return this;
    return this.noteRange(name, `${name} must have at most ${max} values; it has ${length}.`, 0, max);
  }

  /** The number must lie within bounds; an absent one is not looked at. */
  range(name: string, value: number | null | undefined, min: number, max: number): this {
    if (value === null || value === undefined || (value >= min && value <= max)) return this;
    return this.noteRange(name, `${name} must be from ${min} to ${max}; it is ${value}.`, min, max);
  }

  /**
   * Ends the checks.
   * @throws InvalidInput with every problem that was noted
   */
  done(): void {
    if (this.problems.length > 0) throw new InvalidInput(this.problems);
  }

  private noteRange(field: string, message: string, minimum: number, maximum: number): this {
    this.problems.push(generalErrors.FIELD_INVALID(message, { field, details: { minimum, maximum } }));
    return this;
  }
}

function withArticle(noun: string): string {
  return `${/^[aeio]/i.test(noun) ? "an" : "a"} ${noun}`;
}

/** The most rows of a list in one page (docs/sources.md, conventions: there it is a hard stop, ours goes on). */
export const MAX_PAGE_SIZE = 500;

/** The rows of a page when the caller does not say. */
export const DEFAULT_PAGE_SIZE = 50;

/** What a list without cursors is asked for: how many rows. */
export type FirstInput = Pick<PageInput, "first">;

/** What a list is asked for: how many rows, after which cursor. */
export interface PageInput {
  first?: number | null;
  after?: string | null;
}

/**
 * Completes a page request; without `first` it is for `usual` rows.
 * @throws InvalidInput `first` is outside 1..500
 */
export function pageRequest(
  input: PageInput,
  usual: number = DEFAULT_PAGE_SIZE,
): { first: number; after?: string | null } {
  new FieldChecks().range("first", input.first, 1, MAX_PAGE_SIZE).done();
  return { first: input.first ?? usual, after: input.after };
}
