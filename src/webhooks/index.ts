export { createWebhookEndpoint, type CreateWebhookEndpoint } from "./create-webhook-endpoint";
export { deleteWebhookEndpoint, type DeleteWebhookEndpoint } from "./delete-webhook-endpoint";
export { WebhookProcessor } from "./deliver-webhooks.processor";
export { disableWebhookEndpoint, type DisableWebhookEndpoint } from "./disable-webhook-endpoint";
export { enableWebhookEndpoint, type EnableWebhookEndpoint } from "./enable-webhook-endpoint";
export { listWebhookDeliveries, listWebhookEndpoints } from "./list-webhooks";
export {
  openWebhooks,
  type Webhooks,
  type WebhookTestOverrides,
  type WebhookSettings,
} from "./open-webhooks";
export { replayWebhook, type ReplayWebhook } from "./replay-webhook";
export { retryWebhookDelivery, type RetryWebhookDelivery } from "./retry-webhook-delivery";
export { rotateWebhookSecret, type RotateWebhookSecret } from "./rotate-webhook-secret";
export { secretBox } from "./secret-box";
export { adoptSecretsKey, isSecretsKeyOf } from "./secrets-key";
export { sendTestWebhook, type SendTestWebhook } from "./send-test-webhook";
export { updateWebhookEndpoint, type UpdateWebhookEndpoint } from "./update-webhook-endpoint";
export type { DeliveryDependencies } from "./delivery-run";
export { liveSecrets } from "./webhook-secret";
export { readWebhookLag, type WebhookLag } from "./webhook-lag";
