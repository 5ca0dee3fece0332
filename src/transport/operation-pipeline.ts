import { type DocumentNode, getOperationAST, GraphQLError, OperationTypeNode } from "graphql";
import type { AskedOperation } from "./http/asked-operation";
import type { ValidOperation } from "./graphql/compiled-operations";
import { makeGraphqlContext, type OperationContext, type SignIn } from "./graphql/context";
import { ensureSignedIn } from "./limits/anonymous";
import type { BudgetState } from "./limits/budget";
import { pointsFor } from "./limits/charges";
import { MIN_PRICE } from "./limits/operation-cost";
import type { Assessment, OperationGuard } from "./limits/operation-guard";
import type { Services } from "./services";

/** One operation as it arrived at an endpoint. */
export interface OperationRequest {
  endpoint: "http" | "websocket" | "sse";
  requestId: string;
  /** Of the caller, which an anonymous one is charged by. */
  address: string;
  /** Of the body or message that it came in. */
  bytes: number;
  /** Checks what the caller shows; a socket showed it when it connected. */
  signIn: () => SignIn | Promise<SignIn>;
  /** What is asked, or why it is refused: that is told after its caller was charged for asking. */
  asked: AskedOperation | Error;
  /** Whether a token that is refused refuses the request; otherwise each field that needs one says so. */
  needsToken?: boolean;
  /** Where the transport says that a live operation goes on. */
  resumeAfter?: string;
  /** The operation, where its document was found valid before. */
  known?: ValidOperation;
}

/** What the steps have found out about an operation so far; what a later step finds must not be read before it. */
export class OperationRun {
  /** How many steps are done. */
  done = 0;
  readonly startedAt = performance.now();
  signedIn!: SignIn;
  context!: OperationContext;
  /** What the address of an anonymous caller has left. */
  anonymousBudget: BudgetState | undefined;
  /** Absent where nothing was asked. */
  document: DocumentNode | undefined;
  valid!: ValidOperation;
  assessment: Assessment | undefined;

  constructor(readonly request: OperationRequest) {
    if (request.known) {
      this.valid = request.known;
      this.document = request.known.document;
    }
  }
}

/** A document or variables with mistakes, as errors for `formatError`. */
export class DocumentMistakes extends Error {
  constructor(readonly errors: GraphQLError[]) {
    super("The document has mistakes.");
  }
}

/** The document has no operation of that name, or several and none was named. */
export class NoSuchOperation extends GraphQLError {
  constructor() {
    super("The document has no such operation.");
  }
}

type Guard = OperationGuard;
type Step = (run: OperationRun, guard: Guard, services: Services) => Promise<void> | void;

/**
 * What is done with every operation before it is executed, in this order, whichever endpoint it came to and whether it is new or known.
 * A step refuses by throwing; those after it are not run.
 */
const steps = {
  /** What the caller shows is checked. Never refuses: fields that are open to everybody need no token. */
  async token(run) {
    run.signedIn = await run.request.signIn();
  },

  /** The caller's organization and rights are found. */
  async actor(run, _guard, services) {
    const { requestId, resumeAfter, endpoint } = run.request;
    run.context = await makeGraphqlContext(services, run.signedIn, requestId, resumeAfter);
    if (endpoint === "http") run.context.beginRequest();
  },

  /** The address of an anonymous caller is charged. */
  async address(run, guard) {
    const { address, bytes, needsToken } = run.request;
    run.anonymousBudget = await guard.charges.request(run.context, address, bytes);
    if (needsToken) ensureSignedIn(run.context);
  },

  /** The document is read and validated, and reading it is charged; a known one was read before. */
  document(run, guard) {
    if (!run.document) return readDocument(run, guard);
  },

  /** The operation of the document is found; what it waits for has one deadline from here on, unless it is a live one. */
  operation(run, guard) {
    if (run.request.known) return undefined;
    return findOperation(run, guard);
  },

  /** The variables are measured and coerced, and the cost is known. */
  variables(run, guard) {
    const { asked } = run.request;
    const variables = asked instanceof Error ? undefined : asked.variables;
    const assessed = guard.assess(run.context, run.valid, variables);
    if (assessed instanceof Promise) return assessed;
    run.assessment = assessed;
  },

  /** Size, depth and cost are compared with the limits, and the cost is charged to the caller's budget. */
  limits: (run, guard) => guard.admit(run.context, run.valid, assessmentOf(run), run.anonymousBudget),

  /** Where much else is ready the operation waits for its turn. */
  turn: (run, guard) => guard.turn(run.context),
} satisfies Record<string, Step>;

/** The name of a step. */
export type OperationStep = keyof typeof steps;

/** The steps by name, in the order in which they are done. */
export const OPERATION_STEPS = Object.keys(steps) as OperationStep[];

const inOrder: readonly Step[] = Object.values(steps);

/** What the pipeline uses. */
export interface OperationPipelineDependencies {
  services: Services;
  guard: OperationGuard;
  /** Told of each step before it is done; for tests. */
  onStep?: (step: OperationStep, request: OperationRequest) => void;
}

/** Takes every operation of every endpoint through the same steps. */
export class OperationPipeline {
  constructor(private readonly dependencies: OperationPipelineDependencies) {}

  /** Checks, reads, measures and charges: the one that every step is of. */
  get guard(): OperationGuard {
    return this.dependencies.guard;
  }

  /**
   * Does the steps up to and including `last` that are not done yet, in order.
   * @throws what the step refuses that failed: DocumentMistakes, NoSuchOperation, a DomainError
   */
  async through(run: OperationRun, last: OperationStep): Promise<void> {
    const { services, guard, onStep } = this.dependencies;
    const end = OPERATION_STEPS.indexOf(last);
    for (let at = run.done; at <= end; at++) {
      onStep?.(OPERATION_STEPS[at], run.request);
      const step = inOrder[at];
      const doing = step(run, guard, services);
      if (doing) await doing;
      run.done = at + 1;
    }
  }
}

/** What the variables step found. */
export function assessmentOf({ assessment }: OperationRun): Assessment {
  if (assessment) return assessment;
  throw new Error("The variables of an operation were not looked at.");
}

async function readDocument(run: OperationRun, guard: Guard): Promise<void> {
  const { asked, address, bytes, endpoint } = run.request;
  const { context } = run;
  const text = asked instanceof Error ? undefined : asked.query;
  if (!text) await guard.charges.reading(context, address, pointsFor(bytes));
  if (asked instanceof Error) throw asked;
  // Over HTTP, Apollo says what is missing.
  if (!text && endpoint === "http") return;
  const document = await guard.read(context, address, text ?? "");
  if (Array.isArray(document)) throw new DocumentMistakes(document);
  run.document = document;
}

async function findOperation(run: OperationRun, guard: Guard): Promise<void> {
  const { asked, address } = run.request;
  const { context, document } = run;
  const operation = document && !(asked instanceof Error) && getOperationAST(document, asked.operationName);
  if (document && !operation) await guard.charges.reading(context, address, MIN_PRICE);
  run.anonymousBudget = guard.charges.leftOf(context);
  if (!document || !operation) throw new NoSuchOperation();
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION && run.request.endpoint !== "http")
    context.beginRequest();
  run.valid = { document, operation };
}
