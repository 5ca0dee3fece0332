import { ArgsType, Field, ID, InputType, Int } from "type-graphql";
import { InvitationStatus } from "./invitation.enums";
import { PageArgs } from "../connection.type";
import { IdempotentInput } from "../idempotent.inputs";

/** What a list of invitations is asked for. */
@ArgsType()
export class InvitationsArgs extends PageArgs {
  @Field(() => InvitationStatus, { nullable: true, description: "Only with this status; all when absent." })
  status?: InvitationStatus;
}

/** Whom to invite, with whom, and in which words. */
@InputType("InviteCustomerInput", { description: "Whom to invite, with whom, and in which words." })
export class InviteCustomerInput extends IdempotentInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Whom the draft is addressed to. Required unless `reusable`. One invitation to an address can be pending.",
  })
  recipientEmail?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "For an indirect reseller: the provider that the same link shall bind the customer to. `viewer.partner.indirectProviders` lists them.",
  })
  indirectProviderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The only customer that may use the link; whoever holds it when absent.",
  })
  customerId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether any number of customers may accept it. Default false.",
  })
  reusable?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "For how many days the link works, 1 to 365. Default 90.",
  })
  expiresInDays?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Subject of the draft, one line of at most 200 characters; we propose one.",
  })
  subject?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Text of the draft, at most 5,000 characters, with `{{link}}` where the link belongs; we propose one.",
  })
  body?: string | null;
}

/** New words for a draft. */
@InputType("EditInvitationInput", { description: "New words for a draft. An absent field is left alone." })
export class EditInvitationInput extends IdempotentInput {
  @Field(() => ID, { description: "The invitation." })
  invitationId: string;

  @Field(() => String, { nullable: true, description: "New subject, one line of at most 200 characters." })
  subject?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "New text. It must keep the link, or hold `{{link}}` in its place.",
  })
  body?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which invitation to revoke. */
@InputType("RevokeInvitationInput", { description: "Which invitation to revoke." })
export class RevokeInvitationInput extends IdempotentInput {
  @Field(() => ID, { description: "The invitation." })
  invitationId: string;

  @Field(() => Int, {
    nullable: true,
    description: "The version you read; another one is answered STALE_VERSION.",
  })
  expectedVersion?: number | null;
}

/** Which link to accept. */
@InputType("AcceptInvitationInput", {
  description: "Which link to accept, and, where your organization is not known here yet, who it is.",
})
export class AcceptInvitationInput {
  @Field(() => String, { description: "The link's token: what follows `#`." })
  token: string;

  @Field(() => String, {
    nullable: true,
    description: "Your company's name. Only for an organization that is not known yet.",
  })
  companyName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Your primary domain. Only for an organization that is not known yet.",
  })
  domain?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Your country, ISO 3166-1 alpha-2. Only for an organization that is not known yet.",
  })
  country?: string | null;
}

/** Which link to decline. */
@InputType("DeclineInvitationInput", { description: "Which link to decline." })
export class DeclineInvitationInput extends IdempotentInput {
  @Field(() => String, { description: "The link's token: what follows `#`." })
  token: string;
}
