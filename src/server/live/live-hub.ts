import { type MemberActor, organizationOf } from "../../access/actor";
import { impersonal, rightsOf } from "../../access/impersonal-actor";
import type { EventsToFollow } from "../../events/follow-events";
import type { CostReport } from "../limits/operation-guard";
import { type ExecutionMeans, SharedExecution } from "./shared-execution";
import type { SharedForm } from "./shared-form";

/** What one listener wants to hear. */
export interface Asking {
  follow: EventsToFollow;
  form: SharedForm;
  cost: CostReport;
}

/** One listener's share in an execution. */
export interface Share {
  execution: SharedExecution;
  /** Gives it up; the last one ends the execution. */
  leave(): void;
}

/**
 * All live executions of this node. Listeners share one when they ask the same with the same rights: the key has the
 * document, the variables, and every fact about the actor that the execution can see.
 */
export class LiveHub {
  /** What its listeners were sent, and how they fare. */
  readonly tally = { delivered: 0, tooSlow: 0, catchingUp: 0 };
  private readonly shared = new Map<string, SharedExecution>();

  constructor(private readonly means: ExecutionMeans) {}

  /** Joins the execution for what this actor asks, or begins it. */
  enter({ follow, form, cost }: Asking, actor: MemberActor): Share {
    const key = JSON.stringify([organizationOf(actor), form.key, rightsOf(actor)]);
    const question = { follow, form, cost, actor: impersonal(actor) };
    const execution = this.shared.get(key) ?? new SharedExecution(question, this.means);
    this.shared.set(key, execution);
    execution.listeners++;
    let isIn = true;
    return {
      execution,
      leave: () => {
        if (!isIn) return;
        isIn = false;
        execution.listeners--;
        if (execution.listeners > 0) return;
        this.shared.delete(key);
        execution.end();
      },
    };
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
