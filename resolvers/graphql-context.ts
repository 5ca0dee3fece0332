import type { Loaders } from "../src/areas";
import type { Refusal } from "../src/activity/record-refusal";
import type { UseCaseContext } from "../src/unit-of-work/use-case-context";

/** What a resolver gets: the use case's context, and this request's loaders. */
export interface GraphqlContext extends UseCaseContext {
  readonly loaders: Loaders;
  /** Where the transport says a live operation goes on: the `Last-Event-ID` of a stream. Newer than the document's `after`. */
  readonly resumeAfter?: string;
  /** The code of the attempt that was refused last, also where the answer tells it among its data. */
  readonly refusedWith?: string;
  /** Writes a refused attempt into the caller's organization's activity log. Never throws: the answer stays as it is. */
  recordRefusal(refusal: Refusal): Promise<void>;
  /** Looks again who the caller is, and forgets what was loaded. */
  refresh(): Promise<void>;
}
