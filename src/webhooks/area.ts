import { SecretsKeyCheck } from "../../entities/webhooks/secrets-key-check";
import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Partner } from "../../entities/partners/partner";
import { WebhookDelivery } from "../../entities/webhooks/webhook-delivery";
import { WebhookEndpoint } from "../../entities/webhooks/webhook-endpoint";
import { defineArea } from "../area";
import { auditedRow, ownedByOrganization } from "../activity/audited-rows";
import { User } from "../../entities/identity/user";
import { reference } from "../database/references.check";
import { forgetOldDeliveriesJob } from "./forget-old-deliveries";
import { webhookCheck } from "./webhook.check";
import { makeWebhookLoaders } from "./webhook.loader";

/** What webhooks contribute. */
export const webhooks = defineArea({
  entities: [WebhookEndpoint, WebhookDelivery, SecretsKeyCheck],
  loaders: { webhooks: makeWebhookLoaders },
  nodes: [
    { of: WebhookEndpoint, loader: (loaders) => loaders.webhooks.endpoint },
    { of: WebhookDelivery, loader: (loaders) => loaders.webhooks.delivery },
  ],
  auditedRows: [
    auditedRow(WebhookEndpoint, {
      resource: ActivityResource.WEBHOOK_ENDPOINT,
      // Not the address: a receiver's may hold a secret of its own.
      columns: [
        "organizationId",
        "description",
        "eventTypes",
        "customerId",
        "status",
        "disabledReason",
        "disabledAt",
      ],
      ...ownedByOrganization,
    }),
  ],
  references: [
    reference(WebhookEndpoint, "organizationId", Partner, Customer),
    reference(WebhookEndpoint, "grantHolderId", User),
    reference(WebhookDelivery, "endpointId", WebhookEndpoint),
  ],
  checks: [webhookCheck],
  jobs: [forgetOldDeliveriesJob],
});
