import { DomainError } from "../../errors/domain-error";
import type { DetailsByKind } from "../../errors/error-details";
import { generalErrors } from "../../errors/general.errors";
import type { BudgetState } from "./budget";
import type { VariablesExcess } from "./variables-size";

/** The most mistakes of one document that are told; graphql-js then says that there are more. */
export const MAX_MISTAKES = 5;

/** Steps after which graphql-js stops to compare fields and fragments of one document; fixed in it. */
const MAX_COMPARISONS = 500_000;

const WHAT: Record<string, string> = {
  depth: "The operation's fields are nested too deep",
  aliases: "The operation has too many aliases, those in its fragments counted wherever they are spread",
  fields: "The operation has too many fields, those in its fragments counted wherever they are spread",
  sameField: "The operation has the same field too often in one place",
  sameName:
    "One place of the document has too many fields with the same name, under all type conditions together",
  directives: "The operation has too many directives",
  tokens: "The document is too long, counted in tokens",
  name: "A name in the document, or of a field in the variables, is too long, counted in UTF-16 code units; shorten it",
  text: "A text is too long, counted in UTF-16 code units; send a shorter one",
  values: "The variables have too many values; send fewer in one operation",
  comparisons:
    "The document has too many fields that must be compared with each other, because they have the same name in one place",
  mistakes: "The document has too many mistakes; mend these first",
  cost: "The operation costs too many points; ask for smaller pages or fewer lists within lists",
  answer:
    "The operation was carried out, but its answer is too long, counted in bytes; ask for fewer fields or smaller pages",
  body: "The request's body is too long, counted in bytes",
};

/** OPERATION_TOO_LARGE with the limit, its figure, and where and what was found as far as that is known. */
export function tooLarge({ limit, maximum, found, field }: VariablesExcess): DomainError {
  const figures = found === undefined ? `at most ${maximum}` : `${found}, at most ${maximum}`;
  const details: DetailsByKind["LimitDetails"] = { limit, maximum, ...(found !== undefined && { found }) };
  const place = field === undefined ? "" : ` (${field})`;
  return generalErrors.OPERATION_TOO_LARGE(`${WHAT[limit] ?? limit}${place}: ${figures}.`, {
    field,
    details,
  });
}

/** BAD_REQUEST for a text that holds a lone surrogate, which UTF-8 cannot say and no database stores. */
export function malformedText({ field }: { field?: string }): DomainError {
  const which = field === undefined ? "A text in the variables" : `The text in ${field}`;
  const message = `${which} holds half of a character (a lone surrogate, such as \\ud800). Send the whole character.`;
  return generalErrors.BAD_REQUEST(message, { field });
}

/** What graphql-js says when it stops reading or validating a document, as a refusal like those of the other limits. */
export function stoppedReading(message: string): DomainError | undefined {
  const [, tokens] = /^Syntax Error: Document contains more tha\w (\d+) tokens\./.exec(message) ?? [];
  if (tokens) return tooLarge({ limit: "tokens", maximum: Number(tokens) });
  if (message === "Validation aborted.") return tooLarge({ limit: "comparisons", maximum: MAX_COMPARISONS });
  if (!message.startsWith("Too many validation errors, ")) return undefined;
  return tooLarge({ limit: "mistakes", maximum: MAX_MISTAKES });
}

/** RATE_LIMITED: the budget comes back when its window ends. */
export class RateLimited extends DomainError {
  constructor(
    readonly budget: BudgetState,
    unit: "points" | "requests",
  ) {
    const { limit, resetSeconds } = budget;
    const message = `Your budget of ${limit} ${unit} is used up for now. Try again in ${resetSeconds} s.`;
    const { code, kind, details } = generalErrors.RATE_LIMITED(message, {
      details: { retryAfterSeconds: resetSeconds },
    });
    super(code, kind, message, undefined, details);
  }
}
