import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import type { Limits } from "../../config/limits";
import { withoutSuggestions } from "../graphql/caller-mistake";
import type { ValidOperation } from "../graphql/compiled-operations";
import type { Services } from "../services";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents";
import { type BudgetState, Budgets, type ChargeTogether, type LedgerName } from "./budget";
import { DocumentCache } from "./document-cache";
import { malformedText, MOST_MISTAKES, RateLimited, tooLarge } from "./limit-refusals";
import { compileCost, type CostOf, type Variables } from "./operation-cost";
import { type Excess, excessOf, sizeOf } from "./operation-size";
import { readDocument, readingWithin } from "./read-document";
import { ensureSignedIn, isSignedIn, isStranger } from "./stranger";
import { sizeOfVariables } from "./variables-size";

/** One operation as a caller sends it. */
export interface OperationPayload {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/** What an operation costs its caller, for `extensions.cost`. */
export interface CostReport {
  /** Points of this operation. */
  requested: number;
  /** Points at which one operation is refused. */
  maximum: number;
  /** What the caller has left after it; absent in a live event, which costs nothing more. */
  budget?: BudgetState;
}

/** What the guard goes by. */
export interface GuardOptions {
  production: boolean;
  limits: Limits;
  trusted: TrustedDocuments;
  redisUrl?: string;
  chargeTogether?: ChargeTogether;
}

/** What is true of an operation whoever sends it. */
interface Measured {
  excess: Excess | undefined;
  introspects: boolean;
  costOf: CostOf;
}

/**
 * Stands before every execution, whatever door the operation came through: size, cost, budget, and what strangers are
 * not told. An operation is measured once; after that each request looks at its variables only.
 */
export class OperationGuard {
  private readonly measured = new WeakMap<OperationDefinitionNode, Measured>();
  private readonly documents = new DocumentCache();
  private readonly budgets: Budgets;

  constructor(
    private readonly schema: GraphQLSchema,
    { log, meter }: Pick<Services, "log" | "meter">,
    private readonly options: GuardOptions,
  ) {
    const onTrouble = (error: unknown) =>
      log.warn({ err: error }, "Redis is away; each node counts budgets for itself");
    const onRefused = (ledger: LedgerName) => meter.budgetRefused(ledger);
    this.budgets = new Budgets({ ...options, onTrouble, onRefused });
    for (const document of options.trusted.all) {
      for (const one of document.definitions)
        if (one.kind === Kind.OPERATION_DEFINITION) this.measure({ document, operation: one });
    }
  }

  /** The documents that need no reading. */
  get trusted(): TrustedDocuments {
    return this.options.trusted;
  }

  /** The document of a text that is trusted, or that a door has found valid before. */
  known(query: string): DocumentNode | undefined {
    return this.trusted.withText(query) ?? this.documents.get(query);
  }

  /** Keeps a document that a door has found valid. */
  keep(query: string, document: DocumentNode): void {
    this.documents.keep(query, document);
  }

  /** How documents are read, at every door. */
  get reading() {
    return readingWithin(this.options.limits);
  }

  /**
   * Parses, validates, measures and charges one operation, for the doors that do this themselves (WebSocket, SSE). What
   * is wrong comes back, OPERATION_TOO_LARGE and RATE_LIMITED among it, as errors for `formatError`.
   */
  async prepare(
    context: GraphqlContext,
    address: string,
    payload: OperationPayload,
  ): Promise<{ args: ExecutionArgs; cost: CostReport } | GraphQLError[]> {
    const { query, operationName, variables } = payload;
    try {
      const budget = await this.greet(context, address);
      const isKnown = isSignedIn(context);
      const document = this.read(query);
      if (Array.isArray(document)) return isKnown ? document : document.map(forStranger);
      const operation = getOperationAST(document, operationName);
      if (!operation) return [new GraphQLError("The document has no such operation.")];
      const cost = this.report({ document, operation }, variables);
      const mistakes = isKnown ? [] : this.mistakesIn(operation, variables);
      if (mistakes.length > 0) return mistakes.map(forStranger);
      await this.admit(context, { document, operation }, cost, budget);
      const { schema } = this;
      const args = { schema, document, contextValue: context, variableValues: variables, operationName };
      return { args, cost };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      return [new GraphQLError("", { originalError: error as Error })];
    }
  }

  /**
   * Charges the address of a stranger one request, before anything of it is read; others are charged when the cost is
   * known. Tells what the address has left.
   * @throws RATE_LIMITED the address has none left
   */
  async greet(context: GraphqlContext, address: string): Promise<BudgetState | undefined> {
    if (!isStranger(context)) return undefined;
    const { state, refused } = await this.budgets.chargeAddress(address);
    if (refused) throw new RateLimited(state, "requests");
    return state;
  }

  /**
   * What an operation costs. Every endpoint calls it before anything else reads the variables.
   * @throws OPERATION_TOO_LARGE a text or a name in the variables is too long, there are too many values, or long variables
   * have too many mistakes
   * @throws BAD_REQUEST a text in the variables holds half of a character
   */
  report(operation: ValidOperation, variables: Variables): CostReport {
    const { limits } = this.options;
    const { excess, length, malformed } = sizeOfVariables(variables, limits);
    if (excess) throw tooLarge(excess);
    if (malformed) throw malformedText(malformed);
    // Each mistake repeats the values, so that many of them in long variables would take long to say.
    if (length > limits.text && this.mistakesIn(operation.operation, variables).length > MOST_MISTAKES)
      throw tooLarge({ limit: "mistakes", maximum: MOST_MISTAKES });
    const requested = this.measure(operation).costOf(variables);
    return { requested, maximum: limits.cost };
  }

  /**
   * Lets an operation pass or not, and completes its report by what the caller has left. An actor is charged here, a
   * stranger's address was when it was greeted: that is its budget.
   * @throws OPERATION_TOO_LARGE it is beyond a limit, which `details` names
   * @throws RATE_LIMITED the actor's budget does not suffice
   * @throws TOKEN_MISSING and the like: in production only who is signed in may ask for the schema
   */
  async admit(
    context: GraphqlContext,
    operation: ValidOperation,
    report: CostReport,
    strangersBudget: BudgetState | undefined,
  ): Promise<void> {
    report.budget = strangersBudget;
    const { excess, introspects } = this.measure(operation);
    if (excess) throw tooLarge(excess);
    const { requested: found, maximum } = report;
    if (found > maximum) throw tooLarge({ limit: "cost", maximum, found });
    if (introspects && this.options.production) ensureSignedIn(context);
    if (!isSignedIn(context)) return;
    const { state, refused } = await this.budgets.chargeActor(context.actor, found);
    report.budget = state;
    if (refused) throw new RateLimited(state, "points");
  }

  /**
   * Charges for something that is no operation, such as a file: an actor its points, a stranger's address one request.
   * Tells what the caller has left.
   * @throws RATE_LIMITED the budget does not suffice
   */
  async charge(context: GraphqlContext, address: string, points: number): Promise<BudgetState | undefined> {
    if (!isSignedIn(context)) return this.greet(context, address);
    const { state, refused } = await this.budgets.chargeActor(context.actor, points);
    if (refused) throw new RateLimited(state, "points");
    return state;
  }

  /** Gives back the connection to Redis, where there is one. */
  close(): Promise<void> {
    return this.budgets.close();
  }

  private measure({ document, operation }: ValidOperation): Measured {
    const before = this.measured.get(operation);
    if (before) return before;
    const size = sizeOf(this.schema, document, operation);
    const measured = {
      excess: excessOf(size, this.options.limits),
      introspects: size.introspects,
      costOf: compileCost(this.schema, document, operation),
    };
    this.measured.set(operation, measured);
    return measured;
  }

  private read(query: string): DocumentNode | GraphQLError[] {
    const known = this.known(query);
    if (known) return known;
    const document = readDocument(this.schema, query, this.options.limits);
    if (!Array.isArray(document)) this.documents.keep(query, document);
    return document;
  }

  private mistakesIn(operation: OperationDefinitionNode, variables: Variables): readonly GraphQLError[] {
    const { variableDefinitions = [] } = operation;
    const { errors } = getVariableValues(this.schema, variableDefinitions, variables ?? {}, {
      maxErrors: MOST_MISTAKES,
    });
    return errors ?? [];
  }
}

function forStranger(mistake: GraphQLError): GraphQLError {
  const { nodes, source, positions, path } = mistake;
  return new GraphQLError(withoutSuggestions(mistake.message), { nodes, source, positions, path });
}
