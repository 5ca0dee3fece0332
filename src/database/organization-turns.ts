import { generalErrors } from "../errors/general.errors";

/**
 * Lets one piece of work of an organization run at a time in this process, in order, and that of different organizations beside each other.
 *
 * For the nodes of a cluster: all changes of an organization write the head of its stream, and what several nodes write there at
 * once is undone on all of them but one. With one transaction a node, and the pause before it is tried again within its
 * turn, a node that loses waits as a whole, and the one that won does all that waits there meanwhile, undisturbed.
 */
export class OrganizationTurns {
  /** Resolved when whoever came last is done. */
  private readonly last = new Map<string, Promise<unknown>>();

  /** `maxWaitMs`: how long somebody waits for its turn at most. */
  constructor(private readonly maxWaitMs: number) {}

  /**
   * Runs the work when everything of this organization that came before is done.
   * @throws SERVICE_BUSY its turn did not come in time; the work was not started
   */
  async run<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(organizationId);
    let isTooLate = false;
    const turn = Promise.resolve(before).then(() => (isTooLate ? undefined : work()));
    const over = turn.catch(() => undefined);
    this.last.set(organizationId, over);
    void over.then(() => {
      if (this.last.get(organizationId) === over) this.last.delete(organizationId);
    });
    if (!before) return turn as Promise<T>;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<"too late">((resolve) => {
      timer = setTimeout(() => resolve("too late"), this.maxWaitMs);
    });
    const isFirst = await Promise.race([before.then(() => "first" as const), tooLate]);
    clearTimeout(timer);
    if (isFirst === "first") return turn as Promise<T>;
    isTooLate = true;
    throw generalErrors.SERVICE_BUSY(
      "Others are changing the same organization. Nothing was done; try again.",
      { details: { retryAfterSeconds: 1 } },
    );
  }
}
