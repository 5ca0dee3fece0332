import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** Apollo refuses some requests before it makes a context; this is how their errors learn the request's id too. */
const serving = new AsyncLocalStorage<string>();

/** Does the work of one request under its id. */
export function servingAs<T>(requestId: string, work: () => T): T {
  return serving.run(requestId, work);
}

/** The id of the request that is being served. */
export function requestIdNow(): string {
  return serving.getStore() ?? randomUUID();
}
