import {
  type DocumentNode,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import type { GraphqlContext } from "../../../resolvers/graphql-context";
import { organizationOf } from "../../access/actor";
import { mayUse } from "../../access/allow";
import type { Permission } from "../../access/permissions";
import type { Limits } from "../../config/limits";
import type { ValidOperation } from "../graphql/compiled-operations";
import type { OperationContext } from "../graphql/context";
import type { Coercion } from "../execution/variable-values";
import type { Services } from "../services";
import type { TrustedDocuments } from "../trusted-documents/trusted-documents";
import type { BudgetState, ChargeTogether } from "./budget";
import { Charges, type ChargedServices, pointsFor } from "./charges";
import { DocumentReader } from "./document-reader";
import { malformedText, MAX_MISTAKES, RateLimited, tooLarge } from "./limit-refusals";
import { MeasuredOperations } from "./measured-operations";
import { MIN_PRICE, prices, type Variables } from "./operation-cost";
import { readingWithin } from "./read-document";
import { ensureSignedIn, isSignedIn } from "./anonymous";
import { sizeOfVariables } from "./variables-size";

/** What an operation costs its caller, for `extensions.cost`. */
export interface CostReport {
  /** Points of this operation. */
  requested: number;
  /** Points at which one operation is refused. */
  maximum: number;
  /** What the caller has left after it; absent in a live event, which costs nothing more. */
  budget?: BudgetState;
}

/** What was found out of an operation before it is let in. */
export interface Assessment {
  cost: CostReport;
  /** Its variables as resolvers get them, or their mistakes: then nothing of it is executed, and `cost` is for looking at them. */
  coercion: Coercion;
}

/** What the guard goes by. */
export interface GuardOptions {
  production: boolean;
  limits: Limits;
  trusted: TrustedDocuments;
  redisUrl?: string;
  chargeTogether?: ChargeTogether;
}

/** The turns of callers who belong to no organization that is known. */
const ANONYMOUS = "";

/**
 * Stands before every execution, whatever endpoint the operation came through: size, cost, budget, and what anonymous callers are
 * not told. An operation is measured once; after that each request looks at its variables only.
 */
export class OperationGuard {
  private readonly measured: MeasuredOperations;
  private readonly reader: DocumentReader;
  /** What callers are charged for. */
  readonly charges: Charges;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly services: ChargedServices & Pick<Services, "turns">,
    private readonly options: GuardOptions,
  ) {
    this.charges = new Charges(services, options);
    this.reader = new DocumentReader(schema, options);
    this.measured = new MeasuredOperations(schema, options.limits);
    for (const document of options.trusted.all) {
      for (const one of document.definitions)
        if (one.kind === Kind.OPERATION_DEFINITION) this.measured.of({ document, operation: one });
    }
  }

  /** The documents that need no reading. */
  get trusted(): TrustedDocuments {
    return this.options.trusted;
  }

  /** The document of a text that is trusted, or that an endpoint has found valid before. */
  known(query: string): DocumentNode | undefined {
    return this.reader.known(query);
  }

  /** How documents are read, at every endpoint. */
  get reading() {
    return readingWithin(this.options.limits);
  }

  /**
   * The document of a text, or its mistakes as errors for `formatError`. Reading a text that is not known is charged
   * before it is parsed: an actor in points, an address in requests.
   * @throws RATE_LIMITED the budget does not suffice to read it
   */
  read(context: GraphqlContext, address: string, query: string): Promise<DocumentNode | GraphQLError[]> {
    return this.reader.read(query, (points) => this.charges.reading(context, address, points));
  }

  /**
   * What an operation costs, and its variables coerced, before anything else reads the variables. An actor
   * whose variables are refused is charged for looking at them: here, where it throws, otherwise by `admit`.
   * @throws OPERATION_TOO_LARGE a text or a name in the variables is too long, there are too many values, or long variables
   * have too many mistakes
   * @throws BAD_REQUEST a text in the variables holds half of a character
   * @throws RATE_LIMITED the actor's budget does not suffice even for that
   */
  assess(
    context: GraphqlContext,
    operation: ValidOperation,
    variables: Variables,
  ): Assessment | Promise<never> {
    const { limits } = this.options;
    const { excess, length, malformed } = sizeOfVariables(variables, limits);
    const refusal =
      (excess && tooLarge(excess)) ??
      (malformed && malformedText(malformed)) ??
      this.tooManyMistakes(operation.operation, variables, length);
    if (refusal) return this.refuse(context, pointsFor(length), refusal);
    const { costOf, variables: asked } = this.measured.of(operation);
    const coercion = asked.coerce(variables ?? {});
    const requested = coercion.errors ? pointsFor(length) : costOf(variables);
    return { cost: { requested, maximum: limits.cost }, coercion };
  }

  private async refuse(context: GraphqlContext, points: number, refusal: Error): Promise<never> {
    if (isSignedIn(context)) await this.charges.points(context, points);
    throw refusal;
  }

  /**
   * Lets an operation pass or not, and completes its report by what the caller has left. An actor is charged here, an
   * anonymous caller's address was before its document was read: that is its budget.
   * @throws OPERATION_TOO_LARGE it is beyond a limit, which `details` names
   * @throws RATE_LIMITED the actor's budget does not suffice
   * @throws TOKEN_MISSING and the like: in production only who is signed in may ask for the schema
   */
  async admit(
    context: OperationContext,
    operation: ValidOperation,
    { cost: report, coercion }: Assessment,
    anonymousBudget: BudgetState | undefined,
  ): Promise<void> {
    report.budget = anonymousBudget;
    const { excess, introspects, permissions } = this.measured.of(operation);
    if (!coercion.errors) report.requested += prices.forbidden * lackedBy(context, permissions);
    const { requested: found, maximum } = report;
    const beyond = excess ?? (found > maximum ? { limit: "cost", maximum, found } : undefined);
    if (beyond) {
      if (isSignedIn(context)) await this.charges.points(context, MIN_PRICE);
      throw tooLarge(beyond);
    }
    if (introspects && this.options.production) ensureSignedIn(context);
    if (!isSignedIn(context)) return;
    try {
      report.budget = await this.charges.points(context, found);
    } catch (error) {
      if (error instanceof RateLimited) report.budget = error.budget;
      throw error;
    }
  }

  /**
   * Undefined where an operation may begin at once; otherwise resolves when it is its turn.
   * @throws SERVICE_BUSY, as a rejection: its turn did not come in time
   */
  turn(context: OperationContext): Promise<void> | undefined {
    const group = (isSignedIn(context) && organizationOf(context.actor)) || ANONYMOUS;
    return this.services.turns.turn(group, context.deadline);
  }

  /** Each mistake repeats the values, so that many of them in long variables would take long to say. */
  private tooManyMistakes(operation: OperationDefinitionNode, variables: Variables, length: number) {
    if (length <= this.options.limits.text) return undefined;
    if (this.mistakesIn(operation, variables).length <= MAX_MISTAKES) return undefined;
    return tooLarge({ limit: "mistakes", maximum: MAX_MISTAKES });
  }

  /** The mistakes in an operation's variables, some of them where there are many. */
  mistakesIn(operation: OperationDefinitionNode, variables: Variables): readonly GraphQLError[] {
    const { variableDefinitions = [] } = operation;
    const atMost = { maxErrors: MAX_MISTAKES };
    return getVariableValues(this.schema, variableDefinitions, variables ?? {}, atMost).errors ?? [];
  }
}

/** How many of these a signed-in caller may not use. */
function lackedBy(context: GraphqlContext, permissions: readonly Permission[]): number {
  if (permissions.length === 0 || !isSignedIn(context)) return 0;
  return permissions.filter((permission) => !mayUse(context.actor, permission)).length;
}
