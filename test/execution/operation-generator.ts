import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  validate,
} from "graphql";
import type { Coverage } from "./coverage";
import { DocumentState } from "./document-state";
import type { Samples } from "./input-literals";
import { Random } from "./random";
import { Selections } from "./selections";
import { invalidValues, validValues, type VariableValues } from "./variable-values";
import { declarationOf, type GeneratedVariable } from "./variables";

/** One operation of a generated document, with values for its variables. */
export interface GeneratedOperation {
  text: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Undefined if the document has one operation only and it bears no name. */
  operationName: string | undefined;
  /** Values for the variables: at least three valid sets, then sets that are most likely invalid. */
  valid: VariableValues[];
  invalid: VariableValues[];
}

/** What a generator made so far. */
export interface GeneratorCounts {
  documents: number;
  /** Documents that graphql-js' validation refused, and that were made anew. */
  rejected: number;
}

/** What to make of operations. */
export interface GeneratorOptions {
  /** Kinds of operations, with repeats for those that shall be more frequent. */
  kinds?: readonly OperationTypeNode[];
  samples?: Samples;
}

/** Makes valid operations over a whole schema at random: the same seed and number make the same operation. */
export class OperationGenerator {
  readonly counts: GeneratorCounts = { documents: 0, rejected: 0 };

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly coverage: Coverage,
    private readonly seed: number,
    private readonly options: GeneratorOptions = {},
  ) {}

  /** Makes the operations of the document with this number. Throws if none of many attempts is valid. */
  operations(number: number): GeneratedOperation[] {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const random = new Random(this.seed, number, attempt);
      const made = new GeneratedDocument(this.schema, this.coverage, random, this.options);
      const document = parse(made.text);
      this.counts.documents++;
      if (validate(this.schema, document).length === 0) return made.operationsOf(document);
      this.counts.rejected++;
    }
    throw new Error(`No valid document was found for number ${number} of seed ${this.seed}.`);
  }
}

const MAX_ATTEMPTS = 50;
const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;
const DEFAULT_KINDS = [QUERY, QUERY, QUERY, MUTATION, MUTATION, SUBSCRIPTION];

interface WrittenOperation {
  name: string | undefined;
  variables: GeneratedVariable[];
}

class GeneratedDocument {
  readonly text: string;
  private readonly written: WrittenOperation[] = [];

  constructor(
    schema: GraphQLSchema,
    coverage: Coverage,
    private readonly random: Random,
    private readonly options: GeneratorOptions,
  ) {
    const state = new DocumentState(schema, coverage, random, options.samples);
    const count = random.chance(0.12) ? 2 + random.below(2) : 1;
    const operations = Array.from({ length: count }, (_, at) => this.operation(state, at, count > 1));
    const fragments = [...state.fragments.values()].map(
      ({ name, on, body }) => `fragment ${name} on ${on.name} ${body}`,
    );
    this.text = random.shuffled([...operations, ...fragments]).join("\n");
  }

  /** The operations of the parsed text, each with values. */
  operationsOf(document: DocumentNode): GeneratedOperation[] {
    const { text, random } = this;
    const { samples } = this.options;
    return this.written.map(({ name, variables }) => {
      const operation = document.definitions.find(
        (node) => node.kind === Kind.OPERATION_DEFINITION && node.name?.value === name,
      ) as OperationDefinitionNode;
      const valid = [1, 2, 3].map(() => validValues(variables, random, samples));
      const invalid = variables.length > 0 ? [1, 2].map(() => invalidValues(variables, random, samples)) : [];
      return { text, document, operation, operationName: name, valid, invalid };
    });
  }

  private operation(state: DocumentState, at: number, isOneOfSeveral: boolean): string {
    const { random } = this;
    const kind = random.pick(this.options.kinds ?? DEFAULT_KINDS);
    const { text: body, uses } = state.writeDefinition(() => rootSelection(state, kind));
    const variables = [...state.variablesWithin(uses)].map((name) => state.variables.all.get(name));
    const declared = random.shuffled(variables.filter((variable) => variable !== undefined));
    const hasName = isOneOfSeveral || random.chance(0.4);
    const name = hasName ? (random.chance(0.05) && at === 0 ? "__proto__" : `O${at}`) : undefined;
    this.written.push({ name, variables: declared });
    const head = kind === QUERY && !hasName && declared.length === 0 ? "" : `${kind} ${name ?? ""}`;
    return `${head}${declarationOf(declared)} ${body}`;
  }
}

function rootSelection(state: DocumentState, kind: OperationTypeNode): string {
  const root = state.schema.getRootType(kind) as GraphQLObjectType;
  const selections = new Selections(state);
  return kind === SUBSCRIPTION ? selections.singleField(root) : selections.selectionSet(root, 0);
}
