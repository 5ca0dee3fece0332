import type { Logger } from "pino";
import { WebhookDeliveryOutcome } from "../../entities/webhooks/webhook-delivery";
import type { DeliveryDependencies } from "../webhooks";
import type { Meter } from "../metrics/meter";

/**
 * Counts the attempts to deliver webhooks, and logs those that failed: by ids, status and code. The address may hold
 * credentials, and what the receiver answered is its own affair: both are in `webhookDeliveries`, for those who may see them.
 */
export function webhookListener(
  log: Logger,
  meter: Pick<Meter, "webhookAttempt">,
): Pick<DeliveryDependencies, "onError" | "onAttempt" | "onDisabled"> {
  return {
    onError: (error) => log.warn({ err: error }, "webhooks could not be delivered; trying again"),
    onAttempt: ({ id: deliveryId, endpointId, organizationId, eventId, ...attempt }) => {
      const { outcome, attempt: number, statusCode, error, nextAttemptAt } = attempt;
      meter.webhookAttempt(outcome);
      if (outcome === WebhookDeliveryOutcome.DELIVERED) return;
      log.warn(
        {
          ...{ deliveryId, endpointId, organizationId, eventId, attempt: number, outcome },
          ...{ code: error, status: statusCode, nextAttemptAt },
        },
        "a webhook was not delivered",
      );
    },
    onDisabled: ({ endpointId, organizationId }, reason) =>
      log.warn({ endpointId, organizationId, reason }, "a webhook endpoint was disabled"),
  };
}
