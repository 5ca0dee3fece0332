import { ActivityResource } from "../../entities/activity/activity-record";
import { Offer } from "../../entities/catalog/offer";
import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { Subscription } from "../../entities/subscriptions/subscription";
import { defineArea } from "../area";
import { auditedRow } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { dueRowsJob } from "../jobs/due-rows";
import { endedTerms } from "./end-terms.processor";
import { activeSubscriptionsBlock } from "./removal-blockers";
import { subscriptionCheck } from "./subscription.check";
import { makeSubscriptionLoaders } from "./subscription.loader";

/** What subscriptions contribute. */
export const subscriptions = defineArea({
  entities: [Subscription],
  loaders: { subscriptions: makeSubscriptionLoaders },
  nodes: [{ of: Subscription, loader: (loaders) => loaders.subscriptions.byId }],
  auditedRows: [
    auditedRow(Subscription, {
      resource: ActivityResource.SUBSCRIPTION,
      columns: [
        "customerId",
        "partnerId",
        "resellerId",
        "offerId",
        "offerName",
        "friendlyName",
        "quantity",
        "unitType",
        "status",
        "suspensionReasons",
        "autoRenewEnabled",
        "isTrial",
        "billingType",
        "billingCycle",
        "termDuration",
        "startsAt",
        "termEndsAt",
      ],
      owners: ({ partnerId, resellerId, customerId }) => [partnerId, resellerId, customerId],
      customerId: ({ customerId }) => customerId,
      countedBy: ["partnerId", "resellerId", "customerId"],
    }),
  ],
  references: [
    reference(Subscription, "customerId", Customer),
    reference(Subscription, "partnerId", Partner),
    reference(Subscription, "resellerId", Partner),
    reference(Subscription, "offerId", Offer),
  ],
  checks: [subscriptionCheck],
  jobs: [dueRowsJob(endedTerms)],
  removalBlockers: [activeSubscriptionsBlock],
});
