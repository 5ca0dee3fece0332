import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { NodeType, typeNameOfKind } from "../schema/node.type";
import { kindOfId } from "../src/context/ids";
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
  const kind = kindOfId(id);
  if (!kind || !typeNameOfKind[kind]) {
    throw generalErrors.ID_MALFORMED(
      "id is not an id that `node` knows: prefix, underscore, 26 characters.",
      { field: "id" },
    );
  }
  switch (kind) {
    case "partner":
      return loaders.partner.load(id);
    case "customer":
      return loaders.customer.load(id);
    case "invitation":
      return loaders.invitation.load(id);
    case "relationship":
      return loaders.relationships.byId.load(id);
    case "offer":
      return loaders.offer.load(id);
    case "subscription":
      return loaders.subscriptions.byId.load(id);
    case "webhookEndpoint":
      return loaders.webhooks.endpoint.load(id);
    case "webhookDelivery":
      return loaders.webhooks.delivery.load(id);
    case "user":
      return loaders.user.load(id);
    case "apiKey":
      return loaders.apiKeys.byId.load(id);
    case "receivedInvitation":
    case "activity":
    case "partnership":
    case "event":
      return Promise.resolve(null);
  }
}
