import type { Refusal } from "../src/audit/record-refusal";
import type { UseCaseContext } from "../src/context/use-case-context";
import type { LiveTail } from "../src/events/live-tail";
import type { Loaders } from "./loaders";

/** What a resolver gets: the use case's context, this request's loaders, and the live end of the event log. */
export interface GraphqlContext extends UseCaseContext {
  readonly loaders: Loaders;
  readonly tail: LiveTail;
  /** Writes a refused attempt into the caller's organization's activity log. Never throws: the answer stays as it is. */
  recordRefusal(refusal: Refusal): Promise<void>;
  /** Looks again who the caller is and forgets what was loaded; a live subscription does so at each event. */
  refresh(): Promise<void>;
}
