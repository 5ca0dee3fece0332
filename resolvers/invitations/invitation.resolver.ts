import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
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
import { Allow, Mutates } from "../allow";
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

  @Mutates(invitations.inviteCustomer, () => InviteCustomerPayload)
  inviteCustomer(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => InviteCustomerInput, { description: "Whom to invite." }) input: InviteCustomerInput,
  ) {
    return invitations.inviteCustomer(ctx, input);
  }

  @Mutates(invitations.editInvitation, () => EditInvitationPayload)
  editInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => EditInvitationInput, { description: "The new words." }) input: EditInvitationInput,
  ) {
    return invitations.editInvitation(ctx, input);
  }

  @Mutates(invitations.revokeInvitation, () => RevokeInvitationPayload)
  revokeInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => RevokeInvitationInput, { description: "Which invitation." })
    input: RevokeInvitationInput,
  ) {
    return invitations.revokeInvitation(ctx, input);
  }

  @Mutates(invitations.acceptInvitation, () => AcceptInvitationPayload)
  acceptInvitation(
    @Ctx() ctx: GraphqlContext,
    @Arg("input", () => AcceptInvitationInput, { description: "Which link." }) input: AcceptInvitationInput,
  ) {
    return invitations.acceptInvitation(ctx, input);
  }

  @Mutates(invitations.declineInvitation, () => DeclineInvitationPayload)
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
