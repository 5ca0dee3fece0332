import { Customer } from "../../entities/customers/customer";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/values/ids";
import { redisNotifier } from "../../src/events/change-notifier";
import type { FaultEnvironment, Organization } from "./fault-environment";

/** What to write: so many events, for organizations drawn at random, at most so many a second. */
export interface Writing {
  organizations: Organization[];
  events: number;
  rate: number;
  /** How many events one transaction has at most. */
  most?: number;
  /** The length of the facts' longest text. */
  bytes?: number;
}

/** Records events as use cases do, in a process that is none of the servers; they hear of it by Redis, or when they look. */
export class Writer {
  private readonly notifier;

  constructor(
    private readonly faultEnvironment: FaultEnvironment,
    redisUrl: string,
  ) {
    const nobody = () => undefined;
    this.notifier = redisNotifier(redisUrl, nobody, nobody);
    faultEnvironment.atTheEnd(() => this.notifier.close());
  }

  /** Writes, and gives the position that each organization's stream has reached. */
  async write({
    organizations,
    events,
    rate,
    most = 4,
    bytes = 20,
  }: Writing): Promise<Record<string, number>> {
    const began = performance.now();
    const companyName = "x".repeat(bytes);
    let done = 0;
    const work = async () => {
      while (done < events) {
        this.faultEnvironment.signal.throwIfAborted();
        const count = Math.min(events - done, 1 + Math.floor(Math.random() * most));
        const due = began + (done / rate) * 1000;
        done += count;
        if (due > performance.now()) await pause(due - performance.now());
        const organization = organizations[Math.floor(Math.random() * organizations.length)];
        if (organization) await this.record(organization, count, companyName);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return this.heads();
  }

  /** The position that each stream has reached. */
  async heads(): Promise<Record<string, number>> {
    const rows = await this.faultEnvironment.database.read((reads) =>
      reads.rows<{ organizationId: string; lastPosition: number | string }>(
        "SELECT organizationId, lastPosition FROM organization_head",
      ),
    );
    return Object.fromEntries(
      rows.map(({ organizationId, lastPosition }) => [organizationId, Number(lastPosition)]),
    );
  }

  /** Writes one transaction of events for one organization, of one customer; nobody knows that one unless it is given. */
  async record(
    { id: partnerId }: Organization,
    count: number,
    companyName: string,
    customerId = newId(Customer),
  ): Promise<void> {
    const facts = { customerId, partnerId, companyName, domain: "company.example" };
    await this.faultEnvironment.transact(
      (tx) => {
        for (let n = 0; n < count; n++) tx.record("customer.updated", facts);
        return Promise.resolve();
      },
      (organizationIds) => this.notifier.notify(organizationIds),
    );
  }
}
