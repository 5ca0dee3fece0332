import { randomUUID } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import type { Actor, MemberActor } from "../../access/actor";
import { mayUse } from "../../access/allow";
import type { RecordedEvent } from "../../events/event-map";
import type { EventsToFollow } from "../../events/follow-events";
import { visibleEvent } from "../../events/visible-event";
import type { LiveTail, TailReader } from "../../events/live-tail";
import type { CompiledOperations } from "../graphql/compiled-operations";
import { makeSharedContext } from "../graphql/context";
import type { Charge } from "../limits/budget";
import type { CostReport } from "../limits/operation-guard";
import type { Services } from "../services";
import type { FairSemaphore } from "../fair-semaphore";
import { shown } from "./live-result";
import type { SharedPayload } from "./live-sink";
import type { SharedForm } from "./shared-form";

/** A listener that has all events so far, as the execution sees it. */
export interface UpToDate {
  /** Position of the last event that it has; what comes is after it. */
  position: number;
  take(payload: SharedPayload): void;
  endWith(refusal: unknown): void;
}

/** What is executed, of which stream, for whom. */
export interface SharedQuestion {
  follow: EventsToFollow;
  form: SharedForm;
  /** Impersonal: any one of those who ask. */
  actor: MemberActor;
  cost: CostReport;
}

/** What executions are done with. */
export interface ExecutionMeans {
  schema: GraphQLSchema;
  compiled: CompiledOperations;
  services: Services;
  tail: LiveTail;
  /** Bounds the executions that read the database, with fair turns between organizations. */
  executions: FairSemaphore;
  /** Looks up anew what an organization's listeners may do; whoever lost a right has been ended when it resolves. */
  recheckRights: (organizationId: string) => Promise<void>;
  /** Charges a caller what its live operations were sent, in points. */
  chargeSent: (actor: Actor, points: number) => Promise<Charge>;
}

/** Payloads kept for listeners that catch up. */
const MOST_KEPT = 64;

/**
 * One execution for all listeners with the same document, variables and rights: each event is executed and serialized
 * once, and handed to everybody who is up to date in one go. It never waits for a listener.
 */
export class SharedExecution {
  /** How many share it, up to date or not; the hub counts them. */
  listeners = 0;
  /** Position of the last event that was handed out. */
  position = 0;
  readonly upToDate = new Set<UpToDate>();
  /** Resolves when it follows its stream. */
  readonly begun: Promise<void>;
  private reader: TailReader | undefined;
  private isOver = false;
  private isHandingOut = false;
  private isRung = false;
  private checkedUpTo = 0;
  private readonly kept = new Map<number, Promise<SharedPayload>>();
  private readonly requestId = randomUUID();

  constructor(
    private readonly question: SharedQuestion,
    private readonly means: ExecutionMeans,
  ) {
    this.begun = this.begin();
    // Whoever waits for it is told; that nobody waits any more must not end the process.
    this.begun.catch(() => undefined);
  }

  /** Events after a position, as the log has them; see TailReader. */
  eventsAfter(position: number): RecordedEvent[] | Promise<RecordedEvent[]> {
    return this.reader?.eventsAfter(position) ?? [];
  }

  /**
   * Holds up what follows a change of users or keys until everybody's rights have been looked at again: nobody gets an
   * event that comes after the loss of their right, on any node.
   */
  async passChange({ type, position, organizationId }: RecordedEvent): Promise<void> {
    if (!/^(user|api-key)\./.test(type) || position <= this.checkedUpTo) return;
    const upTo = this.reader?.head ?? position;
    await this.means.recheckRights(organizationId);
    this.checkedUpTo = Math.max(this.checkedUpTo, upTo);
  }

  /** What an event comes to, for a listener that is catching up; undefined when it did not ask for such an event. */
  payloadOf(event: RecordedEvent): Promise<SharedPayload> | undefined {
    if (!this.question.follow.wants(event)) return undefined;
    // What hangs on an event is read as it is now; only the facts may be told again as they were told before.
    if (!this.question.form.tellsFactsOnly || this.listeners < 2) return this.execute(event);
    const known = this.kept.get(event.position);
    if (known) return known;
    const payload = this.execute(event);
    this.kept.set(event.position, payload);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return payload;
  }

  /** Lets go of the stream. */
  end(): void {
    this.isOver = true;
    this.reader?.leave();
  }

  private async begin(): Promise<void> {
    const { organizationId, timeline } = this.question.follow;
    const reader = await this.means.tail.join(organizationId, () => void this.handOut(), timeline);
    if (this.isOver) return reader.leave();
    this.reader = reader;
    this.position = this.checkedUpTo = reader.head;
  }

  private async handOut(): Promise<void> {
    this.isRung = true;
    if (this.isHandingOut) return;
    this.isHandingOut = true;
    try {
      while (this.isRung && !this.isOver) {
        this.isRung = false;
        const news = await this.eventsAfter(this.position);
        for (const event of news) await this.handOutOne(event);
        this.isRung ||= news.length > 0;
      }
    } catch (error) {
      for (const listener of [...this.upToDate]) listener.endWith(error);
    } finally {
      this.isHandingOut = false;
    }
  }

  private async handOutOne(event: RecordedEvent): Promise<void> {
    if (this.isOver) return;
    await this.passChange(event);
    // Nobody to hear it, and whoever comes now finds it in the log.
    const payload = this.upToDate.size > 0 ? await this.payloadOf(event) : undefined;
    if (payload) {
      for (const listener of this.upToDate) if (listener.position < event.position) listener.take(payload);
    }
    this.position = event.position;
  }

  /** A thousand listeners that return at once must not starve requests, nor those of one organization the other ones. */
  private execute(event: RecordedEvent): Promise<SharedPayload> {
    const { question, means } = this;
    if (question.form.tellsFactsOnly) return this.executeNow(event);
    return means.executions.run(event.organizationId, () => this.executeNow(event));
  }

  private async executeNow(event: RecordedEvent): Promise<SharedPayload> {
    const { question, means, requestId } = this;
    const { document, variables } = question.form;
    const contextValue = makeSharedContext(means.services, question.actor, requestId);
    const result = await means.compiled.execute({
      schema: means.schema,
      document,
      rootValue: visibleEvent(event, (permission) => mayUse(question.actor, permission)),
      contextValue,
      variableValues: variables,
    });
    const { position, cursor } = event;
    const answer = shown(means.services, result, { requestId, cost: question.cost });
    return { position, cursor, json: Buffer.from(JSON.stringify(answer)) };
  }
}
