import {
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  getOperationAST,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  subscribe,
} from "graphql";
import type { Permission } from "../../access/permissions";
import { DomainError, ErrorKind } from "../../errors/domain-error";
import { permissionOf } from "../graphql/schema";

type Step = IteratorResult<ExecutionResult, undefined>;

/**
 * The results of one live operation, which may also be ended from outside: what `endWith` is given is then the last
 * result. A source that throws ends the operation with its reason too; graphql-ws would close the whole socket. Only
 * one `next()` is asked for at a time, as both doors do.
 */
export class LiveOperation implements AsyncIterableIterator<ExecutionResult> {
  isOver = false;
  /** Called once, when it is over. */
  onOver: () => void = () => undefined;
  private lastResult: ExecutionResult | undefined;
  /** Answers the `next()` that waits. */
  private waiting: ((step: Step) => void) | undefined;

  private constructor(
    private readonly events: AsyncGenerator<ExecutionResult, void, void>,
    private readonly root: FieldNode[],
    /** What its root fields need: whoever lacks one may not hear more. */
    readonly permissions: readonly Permission[],
  ) {}

  /** Begins a live operation; gives the refusal instead where it cannot begin. */
  static async begin(args: ExecutionArgs): Promise<LiveOperation | ExecutionResult> {
    const events = await subscribe(args);
    if (!(Symbol.asyncIterator in events)) return events;
    const root = rootFieldsOf(args);
    return new LiveOperation(events, root, permissionsNeeded(args, root));
  }

  /** Ends it with this as its last result, at once also where nothing happens in it. */
  endWith(refusal: unknown): void {
    if (this.isOver) return;
    const [field] = this.root;
    const path = field && [field.alias?.value ?? field.name.value];
    const error = new GraphQLError("", { nodes: this.root, path, originalError: refusal as Error });
    this.answer({ done: false, value: { data: null, errors: [error] } });
    this.finish();
  }

  /** The next result; the last one is the refusal that ended it, where one did. */
  next(): Promise<Step> {
    const { lastResult } = this;
    this.lastResult = undefined;
    if (lastResult) return Promise.resolve({ done: false, value: lastResult });
    if (this.isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.waiting = resolve;
      this.events.next().then(
        (step) => this.arrived(step as Step),
        (error: unknown) => this.endWith(error),
      );
    });
  }

  /** Ends it, and lets go of its source at once. */
  return(): Promise<Step> {
    const end: Step = { done: true, value: undefined };
    if (!this.isOver) this.finish();
    this.lastResult = undefined;
    this.answer(end);
    return Promise.resolve(end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private arrived(step: Step): void {
    if (this.isOver) return;
    this.answer(step);
    // A listener who lost its right is told why, once, and gets nothing more.
    if (step.done || step.value.errors?.some(takesRightAway)) this.finish();
  }

  private answer(step: Step): void {
    if (this.waiting) this.waiting(step);
    else if (!step.done) this.lastResult = step.value;
    this.waiting = undefined;
  }

  private finish(): void {
    this.isOver = true;
    this.onOver();
    void this.events.return().catch(() => undefined);
  }
}

function takesRightAway({ originalError }: GraphQLError): boolean {
  const kind = originalError instanceof DomainError ? originalError.kind : undefined;
  return kind === ErrorKind.FORBIDDEN || kind === ErrorKind.UNAUTHENTICATED;
}

/** Also those that a variable leaves out: to need too much is the safe mistake. */
function rootFieldsOf({ document, operationName }: ExecutionArgs): FieldNode[] {
  const operation = getOperationAST(document, operationName);
  const within = ({ selections }: SelectionSetNode): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection];
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      const fragment = document.definitions.find(
        (definition) =>
          definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
      );
      return fragment?.kind === Kind.FRAGMENT_DEFINITION ? within(fragment.selectionSet) : [];
    });
  return operation ? within(operation.selectionSet) : [];
}

function permissionsNeeded({ schema }: ExecutionArgs, root: FieldNode[]): Permission[] {
  const fields = schema.getSubscriptionType()?.getFields() ?? {};
  const needed = root.map(({ name }) => {
    const field = fields[name.value];
    return field && permissionOf(field);
  });
  return [...new Set(needed.filter((permission) => permission !== undefined))];
}
