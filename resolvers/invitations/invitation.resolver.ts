import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Invitation, InvitationStatus } from "../../entities/invitations/invitation";
import {
  AcceptInvitationInput,
  DeclineInvitationInput,
  EditInvitationInput,
  InvitationsArgs,
  InviteCustomerInput,
  RevokeInvitationInput,
} from "../../schema/invitations/invitation.inputs";
import {
  AcceptInvitationPayload,
  DeclineInvitationPayload,
  EditInvitationPayload,
  InvitationConnection,
  InvitationType,
  InviteCustomerPayload,
  ReceivedInvitationType,
  RevokeInvitationPayload,
} from "../../schema/invitations/invitation.type";
import { PartnerType } from "../../schema/partners/partner.type";
import * as invitations from "../../src/invitations";
import { Allow } from "../allow";
import type { GraphqlContext } from "../graphql-context";

/** Invitations. */
@Resolver(() => InvitationType)
export class InvitationResolver {
  @Query(() => InvitationConnection, {
    nullable: true,
    description:
      "The invitations that you may see, newest first: a partner's own and those that name it as provider; those that a customer answered. Codes: FIELD_INVALID, CURSOR_INVALID.",
  })
  @Allow("invitation.read")
  invitations(@Ctx() ctx: GraphqlContext, @Args(() => InvitationsArgs) args: InvitationsArgs) {
    return invitations.listInvitations(ctx, args);
  }

  @Query(() => ReceivedInvitationType, {
    nullable: true,
    description:
      "The invitation behind a link that you got, and whether it still works. Changes nothing. Code: INVITATION_NOT_FOUND.",
  })
  @Allow("invitation.open")
  invitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("token", () => String, { description: "The link's token: what follows `#`." }) token: string,
  ) {
    return invitations.openInvitation(ctx, token);
  }

  @Mutation(() => InviteCustomerPayload, {
    nullable: true,
    description:
      "Makes an invitation with a personalized link and the draft e-mail around it; nothing is sent. Codes: FIELD_INVALID, ID_MALFORMED, INVITATION_LINK_MISSING, PARTNER_NOT_FOUND, CUSTOMER_NOT_FOUND, INVITATION_ALREADY_PENDING. Event: invitation.sent.",
  })
  @Allow("invitation.create")
  inviteCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => InviteCustomerInput, { description: "Whom to invite." }) input: InviteCustomerInput,
  ) {
    return invitations.inviteCustomer(ctx, input);
  }

  @Mutation(() => EditInvitationPayload, {
    nullable: true,
    description:
      "Changes subject and text of a pending invitation's draft; the text must keep the link. Codes: FIELD_INVALID, INVITATION_NOT_FOUND, INVITATION_LINK_MISSING, INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED, STALE_VERSION. Event: invitation.edited.",
  })
  @Allow("invitation.edit")
  editInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => EditInvitationInput, { description: "The new words." }) input: EditInvitationInput,
  ) {
    return invitations.editInvitation(ctx, input);
  }

  @Mutation(() => RevokeInvitationPayload, {
    nullable: true,
    description:
      "Takes a pending invitation back. Codes: INVITATION_NOT_FOUND, INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED, STALE_VERSION. Event: invitation.revoked.",
  })
  @Allow("invitation.revoke")
  revokeInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RevokeInvitationInput, { description: "Which invitation." })
    input: RevokeInvitationInput,
  ) {
    return invitations.revokeInvitation(ctx, input);
  }

  @Mutation(() => AcceptInvitationPayload, {
    nullable: true,
    description:
      "Accepts an invitation as the customer's Global admin: the partner, and the indirect provider where it names one, become your resellers, both or neither. Safe to repeat. Codes: INVITATION_NOT_FOUND, INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED, INVITATION_FOR_ANOTHER_CUSTOMER, COMPANY_DETAILS_REQUIRED, FIELD_INVALID, DOMAIN_TAKEN, PARTNERSHIP_NOT_ACTIVE, CUSTOMER_IN_OTHER_MARKET, CUSTOMER_IN_OTHER_CLOUD, RELATIONSHIP_ALREADY_ACTIVE. Events: relationship.established for each partner, invitation.accepted.",
  })
  @Allow("invitation.accept")
  async acceptInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => AcceptInvitationInput, { description: "Which link." }) input: AcceptInvitationInput,
  ) {
    const accepted = await invitations.acceptInvitation(ctx, input);
    // Who was unknown is a customer's user by now, and may see what it has just accepted.
    if (ctx.actor.kind === "PROSPECT") await ctx.refresh();
    return accepted;
  }

  @Mutation(() => DeclineInvitationPayload, {
    nullable: true,
    description:
      "Declines an invitation for good. Codes: INVITATION_NOT_FOUND, INVITATION_NOT_DECLINABLE, INVITATION_EXPIRED, INVITATION_REVOKED, INVITATION_DECLINED, INVITATION_ALREADY_USED, INVITATION_FOR_ANOTHER_CUSTOMER. Event: invitation.declined.",
  })
  @Allow("invitation.decline")
  declineInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => DeclineInvitationInput, { description: "Which link." }) input: DeclineInvitationInput,
  ) {
    return invitations.declineInvitation(ctx, input);
  }

  @FieldResolver()
  status(@Root() invitation: Invitation, @Ctx() ctx: GraphqlContext): InvitationStatus {
    return invitations.statusAt(invitation, ctx.now());
  }

  @FieldResolver()
  recipientEmail(@Root() invitation: Invitation, @Ctx() ctx: GraphqlContext): string | null {
    return invitations.recipientFor(ctx.actor, invitation);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: "The inviting partner; null when you may not see it.",
  })
  partner(@Root() invitation: Invitation, @Ctx() ctx: GraphqlContext) {
    return ctx.loaders.partner.load(invitation.partnerId);
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description:
      "The indirect provider that the link binds the customer to as well; null when there is none.",
  })
  provider(@Root() invitation: Invitation, @Ctx() ctx: GraphqlContext) {
    return invitation.providerId ? ctx.loaders.partner.load(invitation.providerId) : null;
  }
}
