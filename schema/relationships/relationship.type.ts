import { ArgsType, Field, ID, InputType, Int, ObjectType } from "type-graphql";
import { RelationshipKind, RelationshipStatus } from "./relationship.enums";
import { connectionOf, PageArgs } from "../connection.type";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { DateTimeScalar } from "../scalars";
import { IdempotentInput } from "../idempotent.inputs";

/** A partner's relationship with a customer. */
@NodeObject(
  "rel",
  "ResellerRelationship",
  "That a partner resells to a customer. One for each pair: removed and established again, it is the same one.",
)
export class RelationshipType extends NodeType {
  @Field(() => ID, { description: "The customer's id, also after you can no longer see the customer." })
  customerId: string;

  @Field(() => ID, { description: "The partner's id." })
  partnerId: string;

  @Field(() => RelationshipKind, { description: "What the partner is to the customer." })
  kind: RelationshipKind;

  @Field(() => RelationshipStatus, { description: "Whether it holds now." })
  status: RelationshipStatus;

  @Field(() => DateTimeScalar, { description: "When it was established last." })
  establishedAt: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was removed; null while it is active.",
  })
  removedAt: string | null;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
}

/** A page of relationships. */
export const RelationshipConnection = connectionOf(() => RelationshipType, "ResellerRelationship");

/** What a list of relationships is asked for. */
@ArgsType()
export class RelationshipsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: "Only with this customer." })
  customerId?: string;

  @Field(() => RelationshipStatus, { nullable: true, description: "Only with this status; all when absent." })
  status?: RelationshipStatus;
}

/** Which relationship to remove. */
@InputType("RemoveRelationshipInput", { description: "Which relationship to remove." })
export class RemoveRelationshipInput extends IdempotentInput {
  @Field(() => ID, { description: "Your relationship with the customer: `customer.relationships` has it." })
  relationshipId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** What removing gives. */
@ObjectType("RemoveRelationshipPayload", { description: "What `removeRelationship` did." })
export class RemoveRelationshipPayload extends MutationPayload {
  @Field(() => RelationshipType, {
    nullable: true,
    description: "The relationship as it is now; null when `userErrors` say why not.",
  })
  relationship?: RelationshipType;
}
