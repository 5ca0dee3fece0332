import { SubscriptionStatus, SuspensionReason } from "../../entities/subscriptions/subscription";
import { registerEnum } from "../register-enum";

registerEnum(SubscriptionStatus, "SubscriptionStatus", "Where a subscription is in its life.", {
  PENDING: "Being set up.",
  ACTIVE: "In use and billed.",
  SUSPENDED: "Its users have no access; it is billed until its term ends.",
  EXPIRED: "Its term ended without renewal; users have access for 30 days more.",
  DISABLED: "Administrators can still reach its data.",
  DELETED: "Gone for good.",
});

registerEnum(SuspensionReason, "SuspensionReason", "Why a subscription is suspended.", {
  PARTNER: "The partner suspended it.",
  TERM_ENDED: "Its term ended.",
});

export { SubscriptionStatus, SuspensionReason };
