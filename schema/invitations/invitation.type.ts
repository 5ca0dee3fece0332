import { Extensions, Field, ID, Int, ObjectType } from "type-graphql";
import { InvitationStatus } from "./invitation.enums";
import { ProgrammeRole } from "../partners/partner.enums";
import { LIST_BOUNDS } from "../../src/errors/list-bounds";
import { connectionOf } from "../connection.type";
import { ErrorCode } from "../errors/error-code.enum";
import { MutationPayload } from "../errors/user-error.type";
import { NodeObject, NodeType } from "../node.type";
import { RelationshipType } from "../relationships/relationship.type";
import { DateTimeScalar } from "../scalars";

/** An invitation as its partner and its customer see it. */
@NodeObject(
  "inv",
  "Invitation",
  "A reseller relationship request. Its personalized link is shown once, to the inviter, and is not stored.",
)
export class InvitationType extends NodeType {
  @Field(() => InvitationStatus, { description: "Where it stands now." })
  status: InvitationStatus;

  @Field(() => String, {
    nullable: true,
    description:
      "Whom the draft is addressed to; null on a reusable link for anyone. Only the inviting partner is told: null for its provider and for customers.",
  })
  recipientEmail: string | null;

  @Field(() => Boolean, { description: "Whether any number of customers may accept it." })
  reusable: boolean;

  @Field(() => ID, {
    nullable: true,
    description: "The only customer that may use it: named by the inviter, or the one that answered.",
  })
  customerId: string | null;

  @Field(() => String, { description: "Subject of the draft." })
  subject: string;

  @Field(() => String, {
    name: "body",
    description: "Text of the draft, with `{{link}}` where the link belongs.",
  })
  bodyTemplate: string;

  @Field(() => DateTimeScalar, { description: "Until when the link works." })
  expiresAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was accepted, declined or revoked." })
  endedAt: string | null;

  @Field(() => DateTimeScalar, { description: "When it was made." })
  createdAt: string;

  @Field(() => Int, {
    description: "Grows with every change; give it as `expectedVersion` to change only what you read.",
  })
  version: number;
}

/** A page of invitations. */
export const InvitationConnection = connectionOf(() => InvitationType, "Invitation");

/** The draft e-mail around a personalized link. */
@ObjectType("InvitationDraft", {
  description: "The draft e-mail around the personalized link. Nothing is sent: mail it yourself.",
})
export class InvitationDraftType {
  @Field(() => String, { description: "Subject." })
  subject: string;

  @Field(() => String, { description: "Text, with the link in it." })
  body: string;

  @Field(() => String, {
    description: "Address that opens the draft in the mail program; recipient, subject and body are encoded.",
  })
  mailto: string;

  @Field(() => String, { description: "The whole message as text, for the clipboard." })
  plainText: string;
}

/** An invitation as the one who got its link sees it. */
@ObjectType("ReceivedInvitation", {
  description: "An invitation as the one who got its link sees it: enough to decide.",
})
export class ReceivedInvitationType {
  @Field(() => ID, {
    description:
      "The id of what a link shows, `rinv_` and 26 characters, always the same for one invitation: a client's cache must not take it for the `Invitation`, which has fields of its own. `node` does not know it, since only the link opens it.",
  })
  id: string;

  @Field(() => ID, { description: "The invitation's own id, as events and payloads name it." })
  invitationId: string;

  @Field(() => InvitationStatus, { description: "Where it stands now." })
  status: InvitationStatus;

  @Field(() => String, { description: "The partner that invites you." })
  partnerName: string;

  @Field(() => String, { description: "Where that partner is, ISO 3166-1 alpha-2." })
  partnerCountry: string;

  @Field(() => ProgrammeRole, { description: "What kind of reseller that partner is." })
  partnerProgrammeRole: ProgrammeRole;

  @Field(() => String, {
    nullable: true,
    description: "The indirect provider that becomes your reseller too; null when there is none.",
  })
  providerName: string | null;

  @Field(() => DateTimeScalar, { description: "Until when the link works." })
  expiresAt: string;

  @Field(() => Boolean, { description: "Whether the link still works for your organization." })
  canAccept: boolean;

  @Field(() => ErrorCode, { nullable: true, description: "Why it does not work; null when it does." })
  refusalCode: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why it does not work, in English; null when it does.",
  })
  refusalMessage: string | null;

  @Field(() => Boolean, {
    description:
      "Whether accepting takes `companyName`, `domain` and `country`: your organization is not known here yet.",
  })
  companyDetailsRequired: boolean;
}

/** What inviting gives. */
@ObjectType("InviteCustomerPayload", { description: "What `inviteCustomer` did." })
export class InviteCustomerPayload extends MutationPayload {
  @Field(() => InvitationType, {
    nullable: true,
    description: "The new invitation; null when `userErrors` say why not.",
  })
  invitation?: InvitationType;

  @Field(() => String, {
    nullable: true,
    description: "The personalized link. Shown this once: it is not stored.",
  })
  link?: string;

  @Field(() => InvitationDraftType, { nullable: true, description: "The draft e-mail around the link." })
  draft?: InvitationDraftType;
}

/** What editing gives. */
@ObjectType("EditInvitationPayload", { description: "What `editInvitation` did." })
export class EditInvitationPayload extends MutationPayload {
  @Field(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when `userErrors` say why not.",
  })
  invitation?: InvitationType;

  @Field(() => InvitationDraftType, {
    nullable: true,
    description:
      "The new draft, when the body that you sent held the link itself; the link cannot be shown otherwise.",
  })
  draft?: InvitationDraftType;
}

/** What revoking gives. */
@ObjectType("RevokeInvitationPayload", { description: "What `revokeInvitation` did." })
export class RevokeInvitationPayload extends MutationPayload {
  @Field(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when `userErrors` say why not.",
  })
  invitation?: InvitationType;
}

/** What accepting gives. */
@ObjectType("AcceptInvitationPayload", { description: "What `acceptInvitation` did." })
export class AcceptInvitationPayload extends MutationPayload {
  @Field(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when `userErrors` say why not.",
  })
  invitation?: InvitationType;

  @Extensions({ listSize: LIST_BOUNDS.sellers })
  @Field(() => [RelationshipType], {
    nullable: true,
    description:
      "The relationships it made, one or two, the inviting partner's first; null when `userErrors` say why not.",
  })
  relationships?: RelationshipType[];
}

/** What declining gives. */
@ObjectType("DeclineInvitationPayload", { description: "What `declineInvitation` did." })
export class DeclineInvitationPayload extends MutationPayload {
  @Field(() => InvitationType, {
    nullable: true,
    description: "The invitation as it is now; null when `userErrors` say why not.",
  })
  invitation?: InvitationType;
}
