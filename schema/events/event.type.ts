import { Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import { SubscriptionStatus } from "../../entities/subscriptions/subscription";
import { eventCatalogue } from "../../src/events/event-catalogue";
import {
  ACCEPTED_INVITATION,
  ANSWERED_INVITATION,
  CHANGED_SUBSCRIPTION,
  CUSTOMER,
  INVITATION,
  RELATIONSHIP,
  SUBSCRIPTION,
} from "../../src/events/payload-field-docs";
import { connectionOf } from "../connection.type";
import { DateTimeScalar } from "../scalars";
import { EventInterface, fact, plainEvent, resolveType } from "./event.interface";
import { identityEvents } from "./identity-event.type";
import { webhookEvents } from "./webhook-event.type";

/** What every event about an invitation tells. */
@InterfaceType("InvitationEvent", {
  description: "Something that happened to an invitation.",
  implements: EventInterface,
  resolveType,
})
export abstract class InvitationEventInterface extends EventInterface {
  @Field(() => ID, fact(INVITATION.invitationId))
  invitationId: string;

  @Field(() => ID, fact(INVITATION.partnerId))
  partnerId: string;

  @Field(() => String, fact(INVITATION.partnerName))
  partnerName: string;

  @Field(() => ID, { ...fact(INVITATION.providerId), nullable: true })
  providerId: string | null;

  @Field(() => String, { ...fact(INVITATION.recipientEmail), nullable: true })
  recipientEmail: string | null;

  @Field(() => Boolean, fact(INVITATION.reusable))
  reusable: boolean;
}

/** What every event about a relationship tells. */
@InterfaceType("RelationshipEvent", {
  description: "Something that happened to a relationship.",
  implements: EventInterface,
  resolveType,
})
export abstract class RelationshipEventInterface extends EventInterface {
  @Field(() => ID, fact(RELATIONSHIP.relationshipId))
  relationshipId: string;

  @Field(() => ID, fact(RELATIONSHIP.partnerId))
  partnerId: string;

  @Field(() => String, fact(RELATIONSHIP.partnerName))
  partnerName: string;

  @Field(() => ID, fact(RELATIONSHIP.customerId))
  customerId: string;

  @Field(() => String, fact(RELATIONSHIP.companyName))
  companyName: string;

  @Field(() => String, fact(RELATIONSHIP.domain))
  domain: string;

  @Field(() => ID, { ...fact(RELATIONSHIP.invitationId), nullable: true })
  invitationId: string | null;
}

/** What every event about a customer tells. */
@InterfaceType("CustomerEvent", {
  description: "Something that happened to a customer.",
  implements: EventInterface,
  resolveType,
})
export abstract class CustomerEventInterface extends EventInterface {
  @Field(() => ID, fact(CUSTOMER.customerId))
  customerId: string;

  @Field(() => ID, fact(CUSTOMER.partnerId))
  partnerId: string;

  @Field(() => String, fact(CUSTOMER.companyName))
  companyName: string;

  @Field(() => String, fact(CUSTOMER.domain))
  domain: string;
}

/** What every event about a subscription tells. */
@InterfaceType("SubscriptionEvent", {
  description: "Something that happened to a subscription.",
  implements: EventInterface,
  resolveType,
})
export abstract class SubscriptionEventInterface extends EventInterface {
  @Field(() => ID, fact(SUBSCRIPTION.subscriptionId))
  subscriptionId: string;

  @Field(() => ID, fact(SUBSCRIPTION.customerId))
  customerId: string;

  @Field(() => ID, fact(SUBSCRIPTION.partnerId))
  partnerId: string;

  @Field(() => ID, { ...fact(SUBSCRIPTION.resellerId), nullable: true })
  resellerId: string | null;

  @Field(() => ID, fact(SUBSCRIPTION.offerId))
  offerId: string;

  @Field(() => String, fact(SUBSCRIPTION.offerName))
  offerName: string;

  @Field(() => Int, fact(SUBSCRIPTION.quantity))
  quantity: number;

  @Field(() => SubscriptionStatus, fact(SUBSCRIPTION.status))
  status: SubscriptionStatus;

  @Field(() => DateTimeScalar, fact(SUBSCRIPTION.termEndsAt))
  termEndsAt: string;

  @Field(() => Boolean, fact(SUBSCRIPTION.autoRenewEnabled))
  autoRenewEnabled: boolean;
}

const plainEvents = [
  plainEvent("invitation.sent", InvitationEventInterface),
  plainEvent("invitation.edited", InvitationEventInterface),
  plainEvent("invitation.revoked", InvitationEventInterface),
  plainEvent("invitation.expired", InvitationEventInterface),
  plainEvent("relationship.established", RelationshipEventInterface),
  plainEvent("customer.added", CustomerEventInterface),
  plainEvent("customer.updated", CustomerEventInterface),
  plainEvent("subscription.created", SubscriptionEventInterface),
  plainEvent("subscription.suspended", SubscriptionEventInterface),
  plainEvent("subscription.reactivated", SubscriptionEventInterface),
  plainEvent("subscription.cancelled", SubscriptionEventInterface),
  plainEvent("subscription.renewed", SubscriptionEventInterface),
  plainEvent("subscription.expired", SubscriptionEventInterface),
];

/** A customer declined. */
@ObjectType("InvitationDeclinedEvent", {
  description: eventCatalogue["invitation.declined"].meaning,
  implements: InvitationEventInterface,
})
export class InvitationDeclinedEvent extends InvitationEventInterface {
  @Field(() => ID, { ...fact(ANSWERED_INVITATION.customerId), nullable: true })
  customerId: string | null;

  @Field(() => String, { ...fact(ANSWERED_INVITATION.companyName), nullable: true })
  companyName: string | null;

  @Field(() => String, { ...fact(ANSWERED_INVITATION.domain), nullable: true })
  domain: string | null;
}

/** A customer accepted. */
@ObjectType("InvitationAcceptedEvent", {
  description: eventCatalogue["invitation.accepted"].meaning,
  implements: InvitationEventInterface,
})
export class InvitationAcceptedEvent extends InvitationEventInterface {
  @Field(() => ID, fact(ACCEPTED_INVITATION.customerId))
  customerId: string;

  @Field(() => String, fact(ACCEPTED_INVITATION.companyName))
  companyName: string;

  @Field(() => String, fact(ACCEPTED_INVITATION.domain))
  domain: string;

  @Field(() => [ID], fact(ACCEPTED_INVITATION.relationshipIds))
  relationshipIds: string[];
}

/** A relationship was removed. */
@ObjectType("RelationshipRemovedEvent", {
  description: eventCatalogue["relationship.removed"].meaning,
  implements: RelationshipEventInterface,
})
export class RelationshipRemovedEvent extends RelationshipEventInterface {}

/** A subscription was changed. */
@ObjectType("SubscriptionChangedEvent", {
  description: eventCatalogue["subscription.changed"].meaning,
  implements: SubscriptionEventInterface,
})
export class SubscriptionChangedEvent extends SubscriptionEventInterface {
  @Field(() => Int, { ...fact(CHANGED_SUBSCRIPTION.previousQuantity), nullable: true })
  previousQuantity: number | null;
}

/** Every event's type, for the schema: most are found only through their interface. */
export const eventObjectTypes = [
  ...plainEvents,
  ...identityEvents,
  ...webhookEvents,
  InvitationDeclinedEvent,
  InvitationAcceptedEvent,
  RelationshipRemovedEvent,
  SubscriptionChangedEvent,
];

/** A page of events. */
export const EventConnection = connectionOf(() => EventInterface, "Event");
