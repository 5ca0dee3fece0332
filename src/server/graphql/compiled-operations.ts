import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";

/** One operation of a valid document. */
export interface ValidOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

/** What an operation is executed with. */
export interface ExecutionInput {
  rootValue?: unknown;
  contextValue: unknown;
  variableValues: Readonly<Record<string, unknown>> | null | undefined;
}

/** What is sent once is not worth compiling, and shall not take the place of what is sent all the time. */
const USES_BEFORE = 1;
/** A compiled operation takes some ten kilobytes. */
const MOST_COMPILED = 500;

/**
 * Executes operations by functions compiled for them, from their second time on: most of the work of graphql-js is finding
 * out, for each row again, what the document says (ADR 0022). The answers are those of graphql-js.
 */
export class CompiledOperations {
  private readonly uses = new WeakMap<OperationDefinitionNode, number>();
  private readonly compiled = new Map<OperationDefinitionNode, CompiledQuery | undefined>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly usesBefore = USES_BEFORE,
  ) {}

  /**
   * Executes an operation. Undefined where graphql-js has to: the operation is new here, cannot be compiled, or its
   * variables are wrong, of which graphql-js tells more. Nothing has been executed then.
   */
  execute(
    { document, operation }: ValidOperation,
    { rootValue, contextValue, variableValues }: ExecutionInput,
  ): ExecutionResult | Promise<ExecutionResult> | undefined {
    const compiled = this.compiledFor(document, operation);
    const result = compiled?.query(rootValue, contextValue, variableValues);
    if (result === undefined) return undefined;
    if ("then" in result) return result.then(asUsual);
    // Only what failed before anything was executed has no data at all.
    return result.data === undefined ? undefined : asUsual(result);
  }

  private compiledFor(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | undefined {
    if (this.compiled.has(operation)) return this.compiled.get(operation);
    const uses = this.uses.get(operation) ?? 0;
    this.uses.set(operation, uses + 1);
    if (uses < this.usesBefore) return undefined;
    const found = compileQuery(this.schema, document, operation.name?.value);
    const compiled = isCompiledQuery(found) ? found : undefined;
    this.compiled.set(operation, compiled);
    const [oldest] = this.compiled.keys();
    if (this.compiled.size > MOST_COMPILED && oldest !== undefined) this.compiled.delete(oldest);
    return compiled;
  }
}

function asUsual(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(usualError) } : result;
}

/** A real GraphQLError, with an original error wherever graphql-js has one: without one it counts as the caller's. */
function usualError({ message, path, locations, originalError }: GraphQLError): GraphQLError {
  const isCallers = message.startsWith("Argument ");
  const cause = originalError ?? (isCallers ? undefined : new Error(message));
  return Object.assign(new GraphQLError(message, { path, originalError: cause }), { locations });
}
