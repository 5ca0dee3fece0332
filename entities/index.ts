import { CustomerGrant } from "./access/customer-grant";
import { ActivityRecord } from "./activity/activity-record";
import { Offer } from "./catalog/offer";
import { Customer } from "./customers/customer";
import { IdempotencyRecord } from "./database/idempotency-record";
import { Event } from "./events/event";
import { OrganizationHead } from "./events/organization-head";
import { ApiKey, ApiKeySecret } from "./identity/api-key";
import { User } from "./identity/user";
import { Invitation } from "./invitations/invitation";
import { Partner } from "./partners/partner";
import { Partnership } from "./partners/partnership";
import { ResellerRelationship } from "./relationships/reseller-relationship";
import { Subscription } from "./subscriptions/subscription";
import { SecretsKeyCheck } from "./webhooks/secrets-key-check";
import { WebhookDelivery } from "./webhooks/webhook-delivery";
import { WebhookEndpoint } from "./webhooks/webhook-endpoint";

/** Every table there is: what the data sources are made of and what the migrations are compared with. */
export const allEntities = [
  Partner,
  Partnership,
  User,
  ApiKey,
  ApiKeySecret,
  Customer,
  CustomerGrant,
  Invitation,
  ResellerRelationship,
  Offer,
  Subscription,
  OrganizationHead,
  Event,
  ActivityRecord,
  IdempotencyRecord,
  WebhookEndpoint,
  WebhookDelivery,
  SecretsKeyCheck,
];
