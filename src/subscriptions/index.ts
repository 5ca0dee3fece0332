export { createSubscription, type CreateSubscription } from "./create-subscription";
export { listSubscriptions, type ListSubscriptions } from "./list-subscriptions";
export { reactivateSubscription } from "./reactivate-subscription";
export { makeSubscriptionLoaders, type SubscriptionLoaders } from "./subscription.loader";
export { findActiveSubscriptionsThrough } from "./subscription.repository";
export { type ChangeSubscription, suspendSubscription } from "./suspend-subscription";
