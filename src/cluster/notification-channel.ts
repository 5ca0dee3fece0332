/** More organizations than this do not wait; their listeners find out by the poll. */
const MAX_WAITING = 10_000;

/**
 * Carries notifications to one other process, one message at a time. What comes before the last message is taken goes together
 * into the next one, so a process that does not read costs each organization's id once, and never more.
 */
export class NotificationChannel {
  private readonly waiting = new Set<string>();
  private isSending = false;

  /** `send` passes one message on and calls `done` when the channel has taken it or is gone. */
  constructor(private readonly send: (organizationIds: string[], done: () => void) => void) {}

  /** Tells the other process, at once if it keeps up. */
  notify(organizationIds: Iterable<string>): void {
    for (const organizationId of organizationIds) {
      if (this.waiting.size < MAX_WAITING) this.waiting.add(organizationId);
    }
    this.sendNext();
  }

  private sendNext(): void {
    if (this.isSending || this.waiting.size === 0) return;
    const organizationIds = [...this.waiting];
    this.waiting.clear();
    this.isSending = true;
    this.send(organizationIds, () => {
      this.isSending = false;
      this.sendNext();
    });
  }
}
