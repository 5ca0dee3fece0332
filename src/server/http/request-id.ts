import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { BudgetState } from "../limits/budget";

/** What is known of an HTTP request while it is served. */
export interface ServedRequest {
  readonly requestId: string;
  isSignedIn: boolean;
  /** What a stranger's address has left. */
  strangersBudget?: BudgetState;
  /** Why its document is not executed: its caller is greeted, and charged, before it is told. */
  refusal?: Error;
}

/**
 * Apollo refuses some requests before it makes a context, copies the context, and formats errors without it; this is how
 * the request's facts get there all the same.
 */
const serving = new AsyncLocalStorage<ServedRequest>();

/** Does the work of one request under its id. */
export function servingAs<T>(requestId: string, work: () => T): T {
  return serving.run({ requestId, isSignedIn: false }, work);
}

/** The request that is being served, where one is. */
export function requestNow(): ServedRequest | undefined {
  return serving.getStore();
}

/** The id of the request that is being served. */
export function requestIdNow(): string {
  return requestNow()?.requestId ?? randomUUID();
}
