import { Field, ID, InterfaceType } from "type-graphql";
import { type IdKind, kindOfId } from "../src/context/ids";

/** The GraphQL type that a kind of id belongs to; kinds without one cannot be looked up by `node`. */
export const typeNameOfKind: Partial<Record<IdKind, string>> = {
  partner: "Partner",
  customer: "Customer",
  invitation: "Invitation",
  relationship: "ResellerRelationship",
  offer: "Offer",
  subscription: "CustomerSubscription",
  user: "User",
  apiKey: "ApiKey",
  webhookEndpoint: "WebhookEndpoint",
  webhookDelivery: "WebhookDelivery",
};

/** Relay's Node: anything that has an id of its own and can be fetched by it. */
@InterfaceType("Node", {
  description: "Anything that has an id of its own and can be fetched by it with `node`.",
  resolveType: ({ id }: { id: string }) => typeNameOfKind[kindOfId(id) ?? "event"],
})
export abstract class NodeType {
  @Field(() => ID, {
    description: "The object's id. Its prefix says what it is; ids of one kind sort by age.",
  })
  id: string;
}
