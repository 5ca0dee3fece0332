import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { BoundedCache } from "../../context/bounded-cache";
import { type ExecutionInputs, PreparedOperation } from "../execution/prepared-operation";

/** One operation of a valid document. */
export interface ValidOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
}

/** An operation that is sent once is not worth preparing, and must not displace one that is sent all the time. */
const USES_BEFORE = 1;
/** Prepared operations kept; each takes some ten kilobytes. */
const MAX_PREPARED = 500;

/**
 * Executes operations of every endpoint: the first time by graphql-js, from then on prepared (ADR 0022, ADR 0030). The
 * answers are the same; generated operations prove it (`npm run fuzz:execution`).
 */
export class CompiledOperations {
  private readonly uses = new WeakMap<OperationDefinitionNode, number>();
  private readonly prepared = new BoundedCache<OperationDefinitionNode, PreparedOperation>({
    maxEntries: MAX_PREPARED,
  });

  constructor(private readonly schema: GraphQLSchema) {}

  /**
   * Executes an operation of a valid document; of a live one, what is selected of the event that `rootValue` is.
   * @returns what `execute` of graphql-js returns for the same arguments
   */
  execute(args: ExecutionArgs & ExecutionInputs): ExecutionResult | Promise<ExecutionResult> {
    const { document, operationName } = args;
    const operation = getOperationAST(document, operationName);
    const prepared = operation && this.preparedFor(document, operation);
    return prepared?.execute(args) ?? execute({ ...args, schema: this.schema });
  }

  private preparedFor(
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): PreparedOperation | undefined {
    const known = this.prepared.get(operation);
    if (known) return known;
    const uses = this.uses.get(operation) ?? 0;
    this.uses.set(operation, uses + 1);
    if (uses < USES_BEFORE) return undefined;
    const prepared = new PreparedOperation(this.schema, document, operation);
    this.prepared.set(operation, prepared);
    return prepared;
  }
}
