import { callerKey, type MemberActor, organizationOf } from "../access/actor";
import { impersonal, rightsOf } from "../access/impersonal-actor";
import { isPerCustomer, withoutUselessGrants } from "../access/grant";
import { allPermissions, type Permission } from "../access/permissions";
import type { EventsToFollow } from "../events/follow-events";
import type { CostReport } from "../transport/limits/operation-guard";
import { Replays } from "./replays";
import { type AwaitWindowEnd, SentAccount } from "./sent-account";
import { type ExecutionDependencies, SharedExecution } from "./shared-execution";
import type { NormalizedSubscription } from "../transport/graphql/normalized-subscription";

/** What one listener wants to hear. */
export interface SubscriptionSpec {
  follow: EventsToFollow;
  form: NormalizedSubscription;
  cost: CostReport;
  /** What its root fields need: an event is told to callers who have all of them about its customer. */
  permissions: readonly Permission[];
}

/** One listener's share in an execution. */
export interface Share {
  execution: SharedExecution;
  /** What its caller is sent, on all sockets and streams. */
  account: SentAccount;
  /** Who that caller is: a name for turns and budgets. */
  caller: string;
  /** Gives it up; the last one ends the execution. */
  leave(): void;
}

/** What objects under an event may take, where a grant could give it: no activity record hangs on one. */
const READ_UNDER_EVENTS = allPermissions.filter((one) => isPerCustomer(one) && one !== "activity.read");

/**
 * All live executions of this node. Listeners share one when they ask the same with the same rights: the key has the
 * document, the variables, and every fact about the actor that the execution can see.
 */
export class LiveHub {
  /** What its listeners were sent, and how they fare. */
  readonly tally = { delivered: 0, tooSlow: 0 };
  /** Listeners that are not up to date. */
  readonly behind = new Set<{ readonly eventsBehind: number }>();
  readonly replays = new Replays();
  private readonly shared = new Map<string, SharedExecution>();
  private readonly accounts = new Map<string, SentAccount>();

  /** `windowEnd` is how a caller whose budget is used up waits; tests set it. */
  constructor(
    private readonly means: ExecutionDependencies,
    private readonly windowEnd?: AwaitWindowEnd,
  ) {}

  /** Joins the execution for what this actor asks, or begins it. */
  enter({ follow, form, cost, permissions }: SubscriptionSpec, actor: MemberActor): Share {
    const reads = form.tellsFactsOnly ? permissions : [...permissions, ...READ_UNDER_EVENTS];
    const executing = withoutUselessGrants(actor, reads);
    const key = JSON.stringify([organizationOf(actor), follow.timeline, form.key, rightsOf(executing)]);
    const question = { follow, form, cost, permissions, actor: impersonal(executing) };
    const execution = this.shared.get(key) ?? new SharedExecution(question, this.means);
    this.shared.set(key, execution);
    execution.listeners++;
    const account = this.accountOf(actor);
    account.listeners++;
    let isIn = true;
    return {
      ...{ execution, account, caller: callerKey(actor) },
      leave: () => {
        if (!isIn) return;
        isIn = false;
        execution.listeners--;
        account.listeners--;
        void this.forgetUnused(callerKey(actor), account);
        if (execution.listeners > 0) return;
        this.shared.delete(key);
        execution.end();
      },
    };
  }

  private accountOf(actor: MemberActor): SentAccount {
    const name = callerKey(actor);
    const charge = (points: number) => this.means.chargeSent(actor, points);
    const account = this.accounts.get(name) ?? new SentAccount(charge, this.windowEnd);
    this.accounts.set(name, account);
    return account;
  }

  /** A paused account outlasts its listeners: a caller that listens anew is paused as well. */
  private async forgetUnused(name: string, account: SentAccount): Promise<void> {
    await account.pause;
    if (account.listeners === 0 && this.accounts.get(name) === account) this.accounts.delete(name);
  }

  /** How many listeners there are on this node. */
  get listenerCount(): number {
    return [...this.shared.values()].reduce((sum, { listeners }) => sum + listeners, 0);
  }

  /** How many executions they share. */
  get executionCount(): number {
    return this.shared.size;
  }
}
