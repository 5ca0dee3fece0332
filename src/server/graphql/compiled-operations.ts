import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
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

/** What is sent once is not worth compiling, and shall not take the place of what is sent all the time. */
const USES_BEFORE = 1;
/** A compiled operation takes some ten kilobytes. */
const MOST_COMPILED = 500;

/**
 * Executes operations of every door by functions compiled for them, from their second time on: most of the work of
 * graphql-js is finding out, for each row again, what the document says (ADR 0022). The answers are those of graphql-js.
 */
export class CompiledOperations {
  private readonly uses = new WeakMap<OperationDefinitionNode, number>();
  private readonly compiled = new Map<OperationDefinitionNode, CompiledQuery | undefined>();

  constructor(private readonly schema: GraphQLSchema) {}

  /**
   * Executes an operation of a valid document; of a live one, what is selected of the event that `rootValue` is. What is
   * new here, cannot be compiled, or has wrong variables, of which graphql-js tells more, is left to graphql-js.
   */
  execute(args: ExecutionArgs): ExecutionResult | Promise<ExecutionResult> {
    const { document, operationName, rootValue, contextValue, variableValues } = args;
    const operation = getOperationAST(document, operationName);
    const compiled = operation && this.compiledFor(document, operation);
    const result = compiled?.query(rootValue, contextValue, variableValues);
    // Only what failed before anything was executed has no data at all.
    if (!result || ("data" in result ? result.data === undefined : "errors" in result))
      return execute({ ...args, schema: this.schema });
    return "then" in result ? result.then(asUsual) : asUsual(result);
  }

  private compiledFor(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | undefined {
    if (this.compiled.has(operation)) return this.compiled.get(operation);
    const uses = this.uses.get(operation) ?? 0;
    this.uses.set(operation, uses + 1);
    if (uses < USES_BEFORE) return undefined;
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
