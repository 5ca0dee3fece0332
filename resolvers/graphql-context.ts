import type { UseCaseContext } from "../src/context/use-case-context";
import type { LiveTail } from "../src/events/live-tail";
import type { Loaders } from "./loaders";

/** What a resolver gets: the use case's context, this request's loaders, and the live end of the event log. */
export interface GraphqlContext extends UseCaseContext {
  readonly loaders: Loaders;
  readonly tail: LiveTail;
  /** Looks again who the caller is and forgets what was loaded; a live subscription does so at each event. */
  refresh(): Promise<void>;
}
