import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { NodeType } from "../schema/node.type";
import { nodeLookup } from "../src/areas";
import { generalErrors } from "../src/errors/general.errors";
import { Allow } from "./allow";
import type { GraphqlContext } from "./graphql-context";

/** Fetches anything by id. */
@Resolver()
export class NodeResolver {
  @Query(() => NodeType, {
    nullable: true,
    description:
      "Any object by its id. Codes: ID_MALFORMED, NODE_NOT_FOUND (there is none, or you may not see it: the answer is the same).",
  })
  @Allow("node.read")
  async node(
    @Ctx() ctx: GraphqlContext,
    @Arg("id", () => ID, { description: "The object's id." }) id: string,
  ) {
    const found = await loadNode(ctx, id);
    if (!found)
      throw generalErrors.NODE_NOT_FOUND("There is no object with this id that you may see.", {
        field: "id",
      });
    return found;
  }
}

function loadNode({ loaders }: GraphqlContext, id: string): Promise<object | null> {
  const lookup = nodeLookup(id);
  if (lookup) return lookup.loader(loaders).load(id);
  throw generalErrors.ID_MALFORMED("id is not an id that `node` knows: prefix, underscore, 26 characters.", {
    field: "id",
  });
}
