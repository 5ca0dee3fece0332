import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from "graphql";

const overlapping = new WeakMap<GraphQLCompositeType, GraphQLCompositeType[]>();

/** The types of a schema that share objects with a type, itself among them. */
export function overlappingTypes(
  schema: GraphQLSchema,
  parent: GraphQLCompositeType,
): GraphQLCompositeType[] {
  const found =
    overlapping.get(parent) ??
    Object.values(schema.getTypeMap()).filter(
      (type): type is GraphQLCompositeType => isCompositeType(type) && doTypesOverlap(schema, type, parent),
    );
  overlapping.set(parent, found);
  return found;
}

/** Names a response key of a type. Types that may meet in one place have the same name for it, and so share its meaning. */
export function keyOf(parent: GraphQLCompositeType, key: string): string {
  const interfaces = isObjectType(parent) || isInterfaceType(parent) ? parent.getInterfaces() : [];
  const names = interfaces.map(({ name }) => name);
  const family = [parent.name, ...names].find((name) => name === "Event" || name === "Node") ?? parent.name;
  return `${family}.${key}`;
}

/** How many selection sets a text has within each other. */
export function levelsIn(body: string): number {
  let level = 0;
  let deepest = 0;
  for (const letter of body) {
    if (letter === "{") deepest = Math.max(deepest, ++level);
    if (letter === "}") level--;
  }
  return deepest;
}
