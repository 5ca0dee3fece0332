import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { CustomerType } from "../../schema/customers/customer.type";
import { InvitationType } from "../../schema/invitations/invitation.type";
import { PartnerType } from "../../schema/partners/partner.type";
import {
  RelationshipConnection,
  RelationshipsArgs,
  RelationshipType,
  RemoveRelationshipInput,
  RemoveRelationshipPayload,
} from "../../schema/relationships/relationship.type";
import { listRelationships, type RelationshipFor, removeRelationship } from "../../src/relationships";
import { Allow, Mutates } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Reseller relationships. */
@Resolver(() => RelationshipType)
export class RelationshipResolver {
  @Query(() => RelationshipConnection, {
    nullable: true,
    description:
      "Your organization's relationships, oldest first, removed ones too. Codes: FIELD_INVALID, ID_MALFORMED, CURSOR_INVALID.",
  })
  @Allow("relationship.read")
  relationships(@Ctx() ctx: GraphqlContext, @Args(() => RelationshipsArgs) args: RelationshipsArgs) {
    return listRelationships(ctx, args);
  }

  @Mutates(removeRelationship, () => RemoveRelationshipPayload)
  removeRelationship(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RemoveRelationshipInput, { description: "Which relationship." })
    input: RemoveRelationshipInput,
  ) {
    return removeRelationship(ctx, input);
  }

  @FieldResolver(() => CustomerType, {
    nullable: true,
    description: "The customer; null when you can no longer see it, as after removing the relationship.",
  })
  customer(@Root() relationship: RelationshipFor<"customer">, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.customer.load(relationship.customerId);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "The partner; null when you may not see it.",
  })
  partner(@Root() relationship: RelationshipFor<"partner">, @Ctx() ctx: GraphqlContext) {
    return relationship.partner ?? ctx.loaders.partner.load(relationship.partnerId);
  }

  @FieldResolver(() => InvitationType, {
    nullable: true,
    description: "The invitation that established it last; null when there was none or you may not see it.",
  })
  invitation(@Root() relationship: RelationshipFor<"invitation">, @Ctx() ctx: GraphqlContext) {
    return relationship.invitationId ? ctx.loaders.invitation.load(relationship.invitationId) : null;
  }
}
