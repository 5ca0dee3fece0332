import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from "graphql";
import type { Random } from "./random";

/** Counts how often each part of a schema was generated. */
export class Coverage {
  private readonly uses = new Map<string, number>();

  /**
   * Starts with zero for each field (`Type.field`), argument (`Type.field(argument:)`), input field (`Input.field`),
   * enum value (`Enum.VALUE`) and type condition (`... on Type`) of the schema, introspection included.
   */
  constructor(schema: GraphQLSchema) {
    for (const type of Object.values(schema.getTypeMap())) {
      if (isObjectType(type) || isInterfaceType(type) || isUnionType(type))
        this.uses.set(`... on ${type.name}`, 0);
      if (isObjectType(type) || isInterfaceType(type))
        for (const field of Object.values(type.getFields())) {
          this.uses.set(`${type.name}.${field.name}`, 0);
          for (const { name } of field.args) this.uses.set(`${type.name}.${field.name}(${name}:)`, 0);
        }
      if (isInputObjectType(type))
        for (const name of Object.keys(type.getFields())) this.uses.set(`${type.name}.${name}`, 0);
    }
    for (const { name } of [SchemaMetaFieldDef, TypeMetaFieldDef])
      this.uses.set(`${schema.getQueryType()?.name}.${name}`, 0);
    for (const type of inputTypes(schema))
      if (isEnumType(type)) for (const { name } of type.getValues()) this.uses.set(`${type.name}.${name}`, 0);
  }

  /** Counts one use of a part. */
  count(part: string): void {
    this.uses.set(part, (this.uses.get(part) ?? 0) + 1);
  }

  /** Whether a part was never generated. */
  isUnused(part: string): boolean {
    return this.uses.get(part) === 0;
  }

  /** The least used of some candidates, chosen at random among equals. `part` names a candidate's part of the schema. */
  leastUsed<T>(candidates: readonly T[], part: (candidate: T) => string, random: Random): T {
    const uses = candidates.map((candidate) => this.uses.get(part(candidate)) ?? 0);
    const least = Math.min(...uses);
    return random.pick(candidates.filter((_, at) => uses[at] === least));
  }

  /** The parts that were never generated. */
  missing(): string[] {
    return [...this.uses].filter(([, count]) => count === 0).map(([part]) => part);
  }

  /** How many parts the schema has. */
  get size(): number {
    return this.uses.size;
  }
}

/** The types that callers send: those of arguments and of input fields. */
function inputTypes(schema: GraphQLSchema): Set<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) found.add(getNamedType(field.type));
    if (isObjectType(type))
      for (const field of Object.values(type.getFields()))
        for (const argument of field.args) found.add(getNamedType(argument.type));
  }
  return found;
}
