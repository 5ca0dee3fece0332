import { makeOfferLoader, type OfferLoader } from "../src/catalog";
import type { UseCaseContext } from "../src/unit-of-work/use-case-context";
import { type CustomerLoader, makeCustomerLoader } from "../src/customers";
import { type ApiKeyLoaders, makeApiKeyLoaders, makeUserLoader, type UserLoader } from "../src/identity";
import { type InvitationLoader, makeInvitationLoader } from "../src/invitations";
import { makePartnerLoader, type PartnerLoader } from "../src/partners";
import { makeRelationshipLoaders, type RelationshipLoaders } from "../src/relationships";
import { makeSubscriptionLoaders, type SubscriptionLoaders } from "../src/subscriptions";
import { makeWebhookLoaders, type WebhookLoaders } from "../src/webhooks";

/** The loaders of one request; each is made when it is first asked for. */
export interface Loaders {
  readonly partner: PartnerLoader;
  readonly customer: CustomerLoader;
  readonly invitation: InvitationLoader;
  readonly relationships: RelationshipLoaders;
  readonly user: UserLoader;
  readonly apiKeys: ApiKeyLoaders;
  readonly offer: OfferLoader;
  readonly subscriptions: SubscriptionLoaders;
  readonly webhooks: WebhookLoaders;
}

/** Makes the loaders of one request. Rows found by them are seen by nobody else, and forgotten with the request. */
export function makeLoaders(ctx: UseCaseContext): Loaders {
  const made: Partial<Record<keyof Loaders, unknown>> = {};
  const once = <K extends keyof Loaders>(name: K, make: () => Loaders[K]) =>
    (made[name] ??= make()) as Loaders[K];
  return {
    get partner() {
      return once("partner", () => makePartnerLoader(ctx));
    },
    get customer() {
      return once("customer", () => makeCustomerLoader(ctx));
    },
    get invitation() {
      return once("invitation", () => makeInvitationLoader(ctx));
    },
    get relationships() {
      return once("relationships", () => makeRelationshipLoaders(ctx, this.partner));
    },
    get user() {
      return once("user", () => makeUserLoader(ctx));
    },
    get apiKeys() {
      return once("apiKeys", () => makeApiKeyLoaders(ctx));
    },
    get offer() {
      return once("offer", () => makeOfferLoader(ctx));
    },
    get subscriptions() {
      return once("subscriptions", () => makeSubscriptionLoaders(ctx));
    },
    get webhooks() {
      return once("webhooks", () => makeWebhookLoaders(ctx));
    },
  };
}
