import type { WaitListener } from "../context/fair-semaphore";
import type { DomainError } from "../errors/domain-error";
import type { StatementListener } from "./connection";

/** Told of the database's work as it is done: for counting and tracing. */
export interface DatabaseListener extends WaitListener {
  /** Called with each statement's text. */
  onStatement?: StatementListener;
  /** The database undid a transaction, and it is tried again. */
  onRetry?: () => void;
  /** The file of an embedded database was deleted or replaced: called once, with what callers are refused with from then on. */
  onFileLost?: (refusal: DomainError) => void;
}
