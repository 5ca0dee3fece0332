import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type ExecutionResult,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
} from "graphql";
import { BoundedCache } from "../../context/bounded-cache";
import type { CompiledOperations, ValidOperation } from "../graphql/compiled-operations";
import { signIn } from "../graphql/context";
import { formatErrors } from "../graphql/error-format";
import { logAnswered } from "../graphql/log-answered";
import type { AnswerLength } from "../execution/prepared-operation";
import { withinLength } from "../limits/answer-size";
import type { CostReport } from "../limits/operation-guard";
import { isSignedIn } from "../limits/anonymous";
import { assessmentOf, type OperationPipeline, OperationRun } from "../operation-pipeline";
import type { Services } from "../services";
import type { AskedOperation } from "./asked-operation";
import { asHttpRefusal, budgetHeaders } from "./http-refusal";
import { bodyLengthOf } from "./exhausted-addresses";

/** A request whose operation was answered before, in the form that its sender takes. */
export interface KnownRequest extends ValidOperation {
  asked: AskedOperation;
  contentType: string;
}

/** What known operations are answered with. */
export interface KnownOperationsDependencies {
  schema: GraphQLSchema;
  services: Services;
  pipeline: OperationPipeline;
  compiled: CompiledOperations;
}

/** Browsers and libraries send a handful of them. */
const MAX_ACCEPT_HEADERS = 100;
/** Characters from which on an answer is encoded at once: as a text it would be copied twice on its way to the socket. */
const LONG_ANSWER = 10_000;

/**
 * Answers operations that Apollo has answered before, in the same way and without asking it again: what Apollo finds out
 * of each request (is it GraphQL, is it valid, in which form does the sender take it) was found out the first time
 * (ADR 0022). Sign-in, limits, budget and log are the same ones; a test sends every operation through both.
 */
export class KnownOperations {
  /** What Apollo answered to an `Accept` header; the empty text stands for none. */
  private readonly contentTypes = new BoundedCache<string, string>({ maxEntries: MAX_ACCEPT_HEADERS });

  constructor(private readonly means: KnownOperationsDependencies) {}

  /** Keeps in which form the sender of an `Accept` header gets its answers. */
  learn({ headers: { accept = "" } }: FastifyRequest, contentType: string | undefined): void {
    if (!contentType) return;
    // Anonymous callers can send any number of them, and shall not keep out those that come next.
    this.contentTypes.set(accept, contentType);
  }

  /** The request, where everything about it is known; undefined where Apollo has to look at it. */
  find(
    { method, headers: { accept = "" } }: FastifyRequest,
    asked: AskedOperation,
  ): KnownRequest | undefined {
    const { query, operationName, extensions } = asked;
    const contentType = this.contentTypes.get(accept);
    if (contentType === undefined || method !== "POST" || !query) return undefined;
    if (extensions && "persistedQuery" in extensions) return undefined;
    const document = this.means.pipeline.guard.known(query);
    const operation = document && getOperationAST(document, operationName);
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
    return { document, operation, asked, contentType };
  }

  /** Answers a known request whole: status, headers and body. */
  async answer(known: KnownRequest, request: FastifyRequest, reply: FastifyReply): Promise<string | Buffer> {
    const { services, pipeline } = this.means;
    const { id: requestId, ip: address, headers } = request;
    const run = new OperationRun({
      ...{ endpoint: "http", requestId, address, bytes: bodyLengthOf(request), asked: known.asked, known },
      signIn: () => signIn(services, headers.authorization, requestId),
    });
    let result: ExecutionResult;
    try {
      await pipeline.through(run, "address");
      const { anonymousBudget } = run;
      if (anonymousBudget) void reply.headers(budgetHeaders(anonymousBudget));
      await pipeline.through(run, "turn");
      const { cost } = assessmentOf(run);
      if (cost.budget) void reply.headers(budgetHeaders(cost.budget));
      const answerLength: AnswerLength = {};
      const executed = await this.execute(run, answerLength);
      result = withinLength(executed, cost, services.maxAnswerBytes, answerLength);
      if (result.data === undefined) void reply.code(400);
    } catch (refusal) {
      result = refuse(refusal, run.assessment?.cost, reply);
    }
    const { data, errors } = result;
    const { context, startedAt } = run;
    const caller = { requestId, isSignedIn: isSignedIn(context) };
    const told = errors && formatErrors(errors, caller, services.log);
    const cost = run.assessment?.cost;
    const { document, operation } = known;
    // What was refused unread leaves no line: a flood would fill the log.
    if (cost) logAnswered(services, context, { document, operation, startedAt, errors });
    void reply.header("content-type", known.contentType);
    const text = `${JSON.stringify({ errors: told, data, extensions: cost && { cost } })}\n`;
    return text.length < LONG_ANSWER ? text : Buffer.from(text);
  }

  private execute(run: OperationRun, answerLength: AnswerLength): ExecutionResult | Promise<ExecutionResult> {
    const { compiled, schema } = this.means;
    const { document, operation } = run.valid;
    const { asked } = run.request;
    return compiled.execute({
      ...{ schema, document, operationName: operation.name?.value, contextValue: run.context },
      variableValues: asked instanceof Error ? undefined : asked.variables,
      coercion: assessmentOf(run).coercion,
      answerLength,
    });
  }
}

/** As Apollo shows what its context or `didResolveOperation` threw. */
function refuse(refusal: unknown, cost: CostReport | undefined, reply: FastifyReply): ExecutionResult {
  const error: GraphQLError = asHttpRefusal(refusal);
  const { status = 500, headers = [] } = (error.extensions.http ?? {}) as {
    status?: number;
    headers?: Iterable<[string, string]>;
  };
  void reply.code(status);
  for (const [name, value] of headers) void reply.header(name, value);
  if (cost?.budget) void reply.headers(budgetHeaders(cost.budget));
  return { errors: [error] };
}
