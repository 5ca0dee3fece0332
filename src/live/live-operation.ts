import { createSourceEventStream, type ExecutionResult, type FieldNode, GraphQLError } from "graphql";
import { type Actor, memberOf, type MemberActor, organizationOf } from "../access/actor";
import { rightsOf } from "../access/impersonal-actor";
import type { Permission } from "../access/permissions";
import { eventCursor } from "../events/event-cursor";
import { eventErrors } from "../events/event.errors";
import { EventsToFollow } from "../events/follow-events";
import type { SubscriptionSpec, LiveHub, Share } from "./live-hub";
import { eachCost, type Prepared } from "./live-result";
import { type LiveSink, type Checkpoint, HIGH_WATERMARK, type SharedPayload } from "./live-sink";
import { nothingSelected, tooSlow } from "./live-refusals";
import type { ReplayedEvent, ReplayedExecution, ReplayListener } from "./replays";
import type { UpToDate } from "./shared-execution";
import { untilRead } from "./until-read";
import {
  permissionsNeeded,
  rootFieldsOf,
  selectsField,
  sharedForm,
} from "../transport/graphql/normalized-subscription";

type Step = IteratorResult<ExecutionResult, undefined>;

/**
 * One listener's live operation. What events come to goes to its sink by itself, from the first `next()` on; as an
 * iterator it gives only what ends it: a refusal as the last result, where there is one.
 *
 * Up to date, it is handed what its shared execution has made for all. Behind (at first, or because it reads slowly), it
 * reads the log at its own pace, so no more than HIGH_WATERMARK bytes ever wait for it.
 */
export class LiveOperation implements AsyncIterableIterator<ExecutionResult>, UpToDate, ReplayListener {
  isOver = false;
  /** Called once, when it is over. */
  onOver: () => void = () => undefined;
  position: number;
  private sink: LiveSink | undefined;
  private share: Share;
  private rights: string;
  private isCatchingUp = false;
  private lastResult: ExecutionResult | undefined;
  private settle: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => (this.settle = resolve));

  private constructor(
    private readonly hub: LiveHub,
    private readonly asking: SubscriptionSpec,
    private readonly root: FieldNode[],
    actor: MemberActor,
  ) {
    this.position = asking.follow.after;
    this.rights = rightsOf(actor);
    this.share = hub.enter(asking, actor);
  }

  /** Begins a live operation; gives the refusal instead where it cannot begin. */
  static async begin({ args, cost }: Prepared, hub: LiveHub): Promise<LiveOperation | ExecutionResult> {
    if (!selectsField(args)) return { errors: [nothingSelected()] };
    const follow = await createSourceEventStream(args);
    if (!(follow instanceof EventsToFollow)) return follow as ExecutionResult;
    const root = rootFieldsOf(args);
    const permissions = permissionsNeeded(args, root);
    const asking = { follow, form: sharedForm(args), cost: eachCost(cost), permissions };
    return new LiveOperation(hub, asking, root, memberOf(args.contextValue.actor));
  }

  /** Says where its results go; before the first `next()`. */
  sendTo(sink: LiveSink): void {
    this.sink = sink;
  }

  /** What its root fields need: a caller who lacks one for every customer may not hear more. */
  get permissions(): readonly Permission[] {
    return this.asking.permissions;
  }

  /** The place up to which its listener was sent everything that it asked for. */
  get checkpoint(): Checkpoint {
    const { organizationId, timeline } = this.asking.follow;
    const position = this.reached;
    return { position, cursor: eventCursor(organizationId, position, timeline) };
  }

  private get reached(): number {
    const { execution } = this.share;
    return execution.upToDate.has(this) ? Math.max(this.position, execution.position) : this.position;
  }

  /** Its caller is this actor now: where that has other rights, it hears what they may hear from here on. */
  actsAs(actor: Actor): void {
    if (this.isOver) return;
    const { organizationId } = this.asking.follow;
    if (organizationOf(actor) !== organizationId) {
      return this.endWith(
        eventErrors.EVENTS_NO_STREAM(
          "You belong to another organization now. Begin anew to hear its events.",
        ),
      );
    }
    const rights = rightsOf(memberOf(actor));
    if (rights === this.rights) return;
    this.position = this.reached;
    this.stepOut();
    this.rights = rights;
    this.share = this.hub.enter(this.asking, memberOf(actor));
    if (this.sink) void this.catchUp();
  }

  /** What came of the next event. */
  take(payload: SharedPayload): void {
    if (!this.share.account.pause) {
      this.position = payload.position;
      this.send(payload);
      if (!this.mustWait) return;
    }
    // What its filter left out since its own last event was examined: reading on begins behind that.
    this.position = this.reached;
    this.share.execution.upToDate.delete(this);
    void this.catchUp();
  }

  /** See ReplayListener. */
  follows(execution: ReplayedExecution): boolean {
    return !this.isOver && execution === this.share.execution;
  }

  /** See ReplayListener. */
  takeReplayed(events: readonly ReplayedEvent[]): boolean {
    const last = events[events.length - 1]?.position ?? 0;
    for (let before = -1; this.position > before && this.position < last && !this.mustWait;) {
      before = this.position;
      // What does not go into the network at once is what counts as waiting, and that is known afterwards.
      this.sink?.together(() => this.sendUntilFull(events));
    }
    return this.position >= last && !this.mustWait;
  }

  private sendUntilFull(events: readonly ReplayedEvent[]): void {
    for (const { position, payload } of events) {
      if (position <= this.position) continue;
      if (this.mustWait) return;
      if (payload) this.send(payload);
      this.position = position;
      this.share.account.examine();
    }
  }

  /** See ReplayListener. */
  get turns(): readonly [organizationId: string, caller: string] {
    return [this.asking.follow.organizationId, this.share.caller];
  }

  /** How many events of its stream it has not been sent. */
  get eventsBehind(): number {
    return Math.max(0, this.share.execution.head - this.position);
  }

  /** Ends it with this as its last result, at once also where nothing happens in it. */
  endWith(refusal: unknown): void {
    if (this.isOver) return;
    const [field] = this.root;
    const path = field && [field.alias?.value ?? field.name.value];
    const error = new GraphQLError("", { nodes: this.root, path, originalError: refusal as Error });
    this.lastResult = { data: null, errors: [error] };
    this.finish();
  }

  /** Ends it because its listener reads nothing, and counts that. */
  endAsTooSlow(): void {
    if (this.isOver) return;
    this.hub.tally.tooSlow++;
    this.endWith(tooSlow(this.checkpoint.cursor));
  }

  /** Begins to send, and waits for the end. */
  async next(): Promise<Step> {
    if (!this.isCatchingUp && !this.isOver && !this.share.execution.upToDate.has(this)) void this.catchUp();
    await this.ended;
    const { lastResult } = this;
    this.lastResult = undefined;
    return lastResult ? { done: false, value: lastResult } : { done: true, value: undefined };
  }

  /** Ends it, and lets go of its stream at once. */
  return(): Promise<Step> {
    this.lastResult = undefined;
    this.finish();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private send(payload: SharedPayload): void {
    this.hub.tally.delivered++;
    this.share.account.spend(this.asking.cost.requested);
    this.sink?.send(payload);
  }

  /** Whether it may be sent nothing more for now: its peer has not read enough, or its caller's budget is used up. */
  private get mustWait(): boolean {
    return this.isFull || this.share.account.pause !== undefined;
  }

  private get isFull(): boolean {
    return (this.sink?.bufferedBytes ?? 0) > HIGH_WATERMARK;
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.stepOut();
    this.onOver();
    this.settle();
  }

  private stepOut(): void {
    this.share.execution.upToDate.delete(this);
    this.share.leave();
  }

  /** Sends from the log until there is nothing that it does not have; then its execution hands it the rest. */
  private async catchUp(): Promise<void> {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    this.hub.behind.add(this);
    try {
      while (!this.isOver) {
        const { execution } = this.share;
        await execution.begun;
        if (this.sink && !(await untilRead(this.sink, () => this.isOver))) this.endAsTooSlow();
        await this.share.account.pause;
        if (this.isOver || execution !== this.share.execution) continue;
        if (this.position >= execution.position) {
          execution.upToDate.add(this);
          return;
        }
        await this.hub.replays.turnOf(this, execution);
      }
    } catch (error) {
      this.endWith(error);
    } finally {
      this.isCatchingUp = false;
      this.hub.behind.delete(this);
    }
  }
}
