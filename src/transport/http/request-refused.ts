import { DomainError } from "../../errors/domain-error";
import { generalErrors } from "../../errors/general.errors";

/** Statuses of requests that no operation can be read from. */
export type RefusedStatus = 400 | 405 | 406 | 408 | 413 | 414 | 415 | 417 | 431;

/** BAD_REQUEST with an HTTP status of its own: the request around an operation cannot be understood. */
export class RequestRefused extends DomainError {
  constructor(
    readonly status: RefusedStatus,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const { code, kind } = generalErrors.BAD_REQUEST(message);
    super(code, kind, message);
  }
}
