import { Field, ID, InterfaceType, ObjectType } from "type-graphql";
import { prefixOfId } from "../src/values/ids";

const typeNames = new Map<string, string>();

/** The GraphQL types of objects that `node` finds, by the prefix of their ids. */
export const typeNameOfPrefix: ReadonlyMap<string, string> = typeNames;

/** Relay's Node: anything that has an id of its own and can be fetched by it. */
@InterfaceType("Node", {
  description: "Anything that has an id of its own and can be fetched by it with `node`.",
  resolveType: ({ id }: { id: string }) => typeNames.get(prefixOfId(id) ?? ""),
})
export abstract class NodeType {
  @Field(() => ID, {
    description: "The object's id. Its prefix says what it is; ids of one kind sort by age.",
  })
  id: string;
}

/** Makes a class the GraphQL type of the objects whose ids have this prefix; the object can be fetched by its id with `node`. */
export function NodeObject(prefix: string, name: string, description: string): ClassDecorator {
  typeNames.set(prefix, name);
  return ObjectType(name, { implements: NodeType, description });
}
