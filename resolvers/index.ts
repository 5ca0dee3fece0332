import { ActivityRecordResolver } from "./activity/activity-record.resolver";
import { OfferResolver } from "./catalog/offer.resolver";
import { CustomerEventResolver } from "./customers/customer-event.resolver";
import { CustomerResolver } from "./customers/customer.resolver";
import { EventLiveResolver } from "./events/event.live";
import { EventResolver } from "./events/event.resolver";
import { ApiKeyResolver } from "./identity/api-key.resolver";
import { UserResolver } from "./identity/user.resolver";
import { ViewerResolver } from "./identity/viewer.resolver";
import {
  InvitationAcceptedEventResolver,
  InvitationEventResolver,
} from "./invitations/invitation-event.resolver";
import { InvitationLiveResolver } from "./invitations/invitation.live";
import { InvitationResolver } from "./invitations/invitation.resolver";
import { NodeResolver } from "./node.resolver";
import { PartnerResolver } from "./partners/partner.resolver";
import { RelationshipEventResolver } from "./relationships/relationship-event.resolver";
import { RelationshipLiveResolver } from "./relationships/relationship.live";
import { RelationshipResolver } from "./relationships/relationship.resolver";
import { SubscriptionEventResolver } from "./subscriptions/subscription-event.resolver";
import { RefundableQuantityResolver, SubscriptionResolver } from "./subscriptions/subscription.resolver";
import { WebhookDeliveryResolver } from "./webhooks/webhook-delivery.resolver";
import { WebhookResolver } from "./webhooks/webhook.resolver";

/** Every resolver there is: what the schema is built from. */
export const allResolvers = [
  ViewerResolver,
  UserResolver,
  ApiKeyResolver,
  ActivityRecordResolver,
  NodeResolver,
  PartnerResolver,
  CustomerResolver,
  InvitationResolver,
  RelationshipResolver,
  OfferResolver,
  RefundableQuantityResolver,
  SubscriptionResolver,
  EventResolver,
  InvitationEventResolver,
  InvitationAcceptedEventResolver,
  RelationshipEventResolver,
  CustomerEventResolver,
  SubscriptionEventResolver,
  EventLiveResolver,
  InvitationLiveResolver,
  RelationshipLiveResolver,
  WebhookResolver,
  WebhookDeliveryResolver,
] as const;
