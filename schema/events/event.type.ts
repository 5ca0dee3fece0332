import { Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { eventMeanings } from "../../src/events/event-map";
import { connectionOf } from "../connection.type";
import { EventInterface, plainEvent, resolveType } from "./event.interface";
import { identityEvents } from "./identity-event.type";
import { webhookEvents } from "./webhook-event.type";

/** What every event about an invitation tells. */
@InterfaceType("InvitationEvent", {
  description: "Something that happened to an invitation.",
  implements: EventInterface,
  resolveType,
})
export abstract class InvitationEventInterface extends EventInterface {
  @Field(() => ID, { description: "The invitation's id." })
  invitationId: string;

  @Field(() => ID, { description: "The inviting partner's id." })
  partnerId: string;

  @Field(() => String, { description: "The inviting partner's name." })
  partnerName: string;

  @Field(() => ID, {
    nullable: true,
    description: "The indirect provider's id, where the link binds the customer to it too.",
  })
  providerId: string | null;

  @Field(() => String, { nullable: true, description: "Whom the draft was addressed to." })
  recipientEmail: string | null;

  @Field(() => Boolean, { description: "Whether any number of customers may accept it." })
  reusable: boolean;
}

/** What every event about a relationship tells. */
@InterfaceType("RelationshipEvent", {
  description: "Something that happened to a relationship.",
  implements: EventInterface,
  resolveType,
})
export abstract class RelationshipEventInterface extends EventInterface {
  @Field(() => ID, { description: "The relationship's id." })
  relationshipId: string;

  @Field(() => ID, { description: "The partner's id." })
  partnerId: string;

  @Field(() => String, { description: "The partner's name." })
  partnerName: string;

  @Field(() => ID, { description: "The customer's id." })
  customerId: string;

  @Field(() => String, {
    description: "The customer's own company name; the partner may call it otherwise in its list.",
  })
  companyName: string;

  @Field(() => String, { description: "The customer's primary domain." })
  domain: string;

  @Field(() => ID, {
    name: "establishedByInvitationId",
    nullable: true,
    description: "The invitation that established it last; null when the partner created the customer.",
  })
  invitationId: string | null;
}

/** What every event about a customer tells. */
@InterfaceType("CustomerEvent", {
  description: "Something that happened to a customer.",
  implements: EventInterface,
  resolveType,
})
export abstract class CustomerEventInterface extends EventInterface {
  @Field(() => ID, { description: "The customer's id." })
  customerId: string;

  @Field(() => ID, { description: "The partner's id." })
  partnerId: string;

  @Field(() => String, { description: "The company name in the partner's list." })
  companyName: string;

  @Field(() => String, { description: "The customer's primary domain." })
  domain: string;
}

/** What every event about a subscription tells. */
@InterfaceType("SubscriptionEvent", {
  description: "Something that happened to a subscription.",
  implements: EventInterface,
  resolveType,
})
export abstract class SubscriptionEventInterface extends EventInterface {
  @Field(() => ID, { description: "The subscription's id." })
  subscriptionId: string;

  @Field(() => ID, { description: "The customer's id." })
  customerId: string;

  @Field(() => ID, { description: "Id of the partner that sold it." })
  partnerId: string;

  @Field(() => ID, { nullable: true, description: "The indirect reseller of record's id." })
  resellerId: string | null;

  @Field(() => ID, { description: "The offer's id." })
  offerId: string;

  @Field(() => String, { description: "Name of the offer." })
  offerName: string;

  @Field(() => Int, { description: "How many." })
  quantity: number;

  @Field(() => SubscriptionStatus, { description: "Its status then." })
  status: SubscriptionStatus;
}

const plainEvents = [
  plainEvent("invitation.sent", InvitationEventInterface),
  plainEvent("invitation.edited", InvitationEventInterface),
  plainEvent("invitation.revoked", InvitationEventInterface),
  plainEvent("relationship.established", RelationshipEventInterface),
  plainEvent("customer.added", CustomerEventInterface),
  plainEvent("customer.updated", CustomerEventInterface),
  plainEvent("subscription.created", SubscriptionEventInterface),
  plainEvent("subscription.suspended", SubscriptionEventInterface),
  plainEvent("subscription.reactivated", SubscriptionEventInterface),
];

/** A customer declined. */
@ObjectType("InvitationDeclinedEvent", {
  description: eventMeanings["invitation.declined"],
  implements: InvitationEventInterface,
})
export class InvitationDeclinedEvent extends InvitationEventInterface {
  @Field(() => ID, {
    name: "answeredByCustomerId",
    nullable: true,
    description: "The customer's id; null where the organization is not known here.",
  })
  customerId: string | null;

  @Field(() => String, {
    name: "answeredByCompanyName",
    nullable: true,
    description: "The customer's company name; null where it is not known here.",
  })
  companyName: string | null;

  @Field(() => String, {
    name: "answeredByDomain",
    nullable: true,
    description: "The customer's primary domain; null where it is not known here.",
  })
  domain: string | null;
}

/** A customer accepted. */
@ObjectType("InvitationAcceptedEvent", {
  description: eventMeanings["invitation.accepted"],
  implements: InvitationEventInterface,
})
export class InvitationAcceptedEvent extends InvitationEventInterface {
  @Field(() => ID, { description: "The customer's id." })
  customerId: string;

  @Field(() => String, { description: "The customer's company name." })
  companyName: string;

  @Field(() => String, { description: "The customer's primary domain." })
  domain: string;

  @Field(() => [ID], { description: "The relationships that it made, the inviting partner's first." })
  relationshipIds: string[];
}

/** A relationship was removed. */
@ObjectType("RelationshipRemovedEvent", {
  description: eventMeanings["relationship.removed"],
  implements: RelationshipEventInterface,
})
export class RelationshipRemovedEvent extends RelationshipEventInterface {}

/** Every event's type, for the schema: most are found only through their interface. */
export const eventObjectTypes = [
  ...plainEvents,
  ...identityEvents,
  ...webhookEvents,
  InvitationDeclinedEvent,
  InvitationAcceptedEvent,
  RelationshipRemovedEvent,
];

/** A page of events. */
export const EventConnection = connectionOf(() => EventInterface, "Event");
