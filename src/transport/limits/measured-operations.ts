import type { GraphQLSchema, OperationDefinitionNode } from "graphql";
import type { Permission } from "../../access/permissions";
import type { Limits } from "../../config/limits";
import { OperationVariables } from "../execution/variable-values";
import type { ValidOperation } from "../graphql/compiled-operations";
import { permissionsOfFields, rootFieldsOf } from "../graphql/normalized-subscription";
import { compileCost, type CostOf } from "./operation-cost";
import { type Excess, excessOf, sizeOf } from "./operation-size";

/** What is true of an operation for every caller. */
export interface Measured {
  excess: Excess | undefined;
  introspects: boolean;
  costOf: CostOf;
  variables: OperationVariables;
  /** What each of its root fields needs. */
  permissions: readonly Permission[];
}

/** Measures each operation once, however often it is sent. */
export class MeasuredOperations {
  private readonly known = new WeakMap<OperationDefinitionNode, Measured>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: Limits,
  ) {}

  /** What is true of an operation. */
  of({ document, operation }: ValidOperation): Measured {
    const before = this.known.get(operation);
    if (before) return before;
    const fields = rootFieldsOf({ document, operationName: operation.name?.value });
    const size = sizeOf(this.schema, document, operation);
    const measured = {
      excess: excessOf(size, this.limits),
      introspects: size.introspects,
      costOf: compileCost(this.schema, document, operation),
      variables: new OperationVariables(this.schema, operation.variableDefinitions ?? []),
      permissions: permissionsOfFields(this.schema, operation, fields),
    };
    this.known.set(operation, measured);
    return measured;
  }
}
