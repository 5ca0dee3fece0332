import { randomUUID } from "node:crypto";
import type { GraphQLSchema } from "graphql";
import type { GraphqlContext } from "../../resolvers/graphql-context";
import type { Actor, MemberActor } from "../access/actor";
import { grantHolderOf } from "../access/grant";
import type { Permission } from "../access/permissions";
import { type RightsOnCustomers, rightsOnCustomers } from "../database/customer-grants";
import { customerOf } from "../events/event-filter";
import { changesRights } from "../events/event-catalogue";
import type { RecordedEvent } from "../events/event-map";
import type { EventsToFollow } from "../events/follow-events";
import { visibleEvent } from "../events/visible-event";
import type { LiveTail, TailReader } from "../events/live-tail";
import type { CompiledOperations } from "../transport/graphql/compiled-operations";
import { makeSharedContext } from "../transport/graphql/context";
import type { Charge } from "../transport/limits/budget";
import type { CostReport } from "../transport/limits/operation-guard";
import type { Services } from "../transport/services";
import { BoundedCache } from "../context/bounded-cache";
import type { FairSemaphore } from "../context/fair-semaphore";
import type { LoopShare } from "../context/loop-share";
import { shown } from "./live-result";
import type { SharedPayload } from "./live-sink";
import type { ReplayedEvent, WaitingListener } from "./replays";
import type { NormalizedSubscription } from "../transport/graphql/normalized-subscription";

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
  form: NormalizedSubscription;
  /** Impersonal: any one of those who ask. */
  actor: MemberActor;
  cost: CostReport;
  /** What the root fields need. */
  permissions: readonly Permission[];
}

/** What executions are done with. */
export interface ExecutionDependencies {
  schema: GraphQLSchema;
  compiled: CompiledOperations;
  services: Services;
  tail: LiveTail;
  /** Bounds the executions of new events that read the database, with fair turns between organizations. */
  executions: FairSemaphore;
  /** What sending new events may take of the event loop, for all executions together. */
  loopShare: LoopShare;
  /** Looks up anew what an organization's listeners may do; whoever lost a right has been ended when it resolves. */
  recheckRights: (organizationId: string) => Promise<void>;
  /** Charges a caller what its live operations were sent, in points. */
  chargeSent: (actor: Actor, points: number) => Promise<Charge>;
}

/** Payloads kept for listeners that catch up. */
const MAX_CACHED = 64;

/** After so many listeners the event loop's time is looked at. */
const SENT_AT_ONCE = 200;

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
  /** Those who are behind, while they wait for a turn; kept by Replays. */
  readonly waiting = new Set<WaitingListener>();
  /** Resolves when it follows its stream. */
  readonly begun: Promise<void>;
  private reader: TailReader | undefined;
  private isOver = false;
  private isHandingOut = false;
  private isRung = false;
  private checkedUpTo = 0;
  private readonly kept = new BoundedCache<number, Promise<SharedPayload | undefined>>({
    maxEntries: MAX_CACHED,
  });
  private readonly requestId = randomUUID();

  constructor(
    private readonly question: SharedQuestion,
    private readonly means: ExecutionDependencies,
  ) {
    this.begun = this.begin();
    // Whoever waits for it is told; that nobody waits any more must not end the process.
    this.begun.catch(() => undefined);
  }

  /** Position of the newest event of its stream that this node knows of. */
  get head(): number {
    return this.reader?.head ?? this.position;
  }

  /** What one execution costs, in points. */
  get points(): number {
    return this.question.cost.requested;
  }

  /** Events after a position, as the log has them; see TailReader. */
  eventsAfter(position: number, limit?: number): RecordedEvent[] | Promise<RecordedEvent[]> {
    return this.reader?.eventsAfter(position, limit) ?? [];
  }

  /**
   * Holds up what follows a change of users or keys until everybody's rights have been looked at again: nobody gets an
   * event that comes after the loss of their right, on any node.
   */
  async passChange({ type, position, organizationId }: RecordedEvent): Promise<void> {
    if (!changesRights(type) || position <= this.checkedUpTo) return;
    const upTo = this.reader?.head ?? position;
    await this.means.recheckRights(organizationId);
    this.checkedUpTo = Math.max(this.checkedUpTo, upTo);
  }

  /**
   * What events come to, for listeners that are behind. They are executed at one time, and what hangs on them is read
   * together: with one statement for all of them where one alone would take one.
   */
  async replay(events: RecordedEvent[]): Promise<ReplayedEvent[]> {
    const context = this.makeContext();
    const wanted = new Set(events.filter((event) => this.question.follow.wants(event)));
    const rights = await rightsOnCustomers(context, [...wanted].map(customerOf));
    return Promise.all(
      events.map(async (event) => {
        const payload = wanted.has(event) ? await this.replayOne(event, context, rights) : undefined;
        return { position: event.position, payload };
      }),
    );
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
        for (const event of news) {
          if (this.means.loopShare.pause) await this.means.loopShare.wait();
          await this.handOutOne(event);
        }
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
    const isWanted = this.upToDate.size > 0 && this.question.follow.wants(event);
    const payload = isWanted ? await this.execute(event) : undefined;
    if (payload) await this.send(payload);
    this.position = event.position;
  }

  private async send(payload: SharedPayload): Promise<void> {
    let left = SENT_AT_ONCE;
    for (const listener of this.upToDate) {
      if (listener.position < payload.position) listener.take(payload);
      if (--left > 0) continue;
      left = SENT_AT_ONCE;
      if (this.means.loopShare.pause) await this.means.loopShare.wait();
    }
  }

  /** Many events at once must not starve requests, nor those of one organization the other ones. */
  private execute(event: RecordedEvent): Promise<SharedPayload | undefined> {
    const executeNow = () => this.executeIn(this.makeContext(), event);
    if (this.question.form.tellsFactsOnly) return executeNow();
    return this.means.executions.run(event.organizationId, executeNow);
  }

  /** What an event refers to is read as it is now; only its payload may be sent again as it was sent before. */
  private replayOne(
    event: RecordedEvent,
    context: GraphqlContext,
    rights: RightsOnCustomers,
  ): Promise<SharedPayload | undefined> {
    const isAlike = this.question.form.tellsFactsOnly && grantHolderOf(this.question.actor) === undefined;
    if (!isAlike || this.listeners < 2) return this.executeIn(context, event, rights);
    return this.kept.getOrMake(event.position, () => this.executeIn(context, event, rights));
  }

  private makeContext(): GraphqlContext {
    return makeSharedContext(this.means.services, this.question.actor, this.requestId);
  }

  /** Nothing for who may not hear of the event's customer: grants on single customers are looked up for each event, or each turn of a replay. */
  private async executeIn(
    contextValue: GraphqlContext,
    event: RecordedEvent,
    known?: RightsOnCustomers,
  ): Promise<SharedPayload | undefined> {
    const found = known ?? rightsOnCustomers(contextValue, [customerOf(event)]);
    const rights = typeof found === "function" ? found : await found;
    const mayHear = (permission: Permission) => rights(permission, customerOf(event));
    if (!this.question.permissions.every(mayHear)) return undefined;
    const { question, means, requestId } = this;
    const { document, variables } = question.form;
    const result = await means.compiled.execute({
      schema: means.schema,
      document,
      rootValue: visibleEvent(event, rights),
      contextValue,
      variableValues: variables,
    });
    const { position, cursor } = event;
    const answer = shown(means.services, result, { requestId, cost: question.cost });
    return { position, cursor, json: Buffer.from(JSON.stringify(answer)) };
  }
}
