import { BillingCycle, BillingType } from "../../entities/catalog/offer";
import { registerEnum } from "../register-enum";

registerEnum(BillingCycle, "BillingCycle", "How often something is billed.", {
  MONTHLY: "Every month.",
  ANNUAL: "Every year.",
  TRIENNIAL: "Every three years.",
  BIENNIAL: "Every two years.",
  ONE_TIME: "Once.",
  NONE: "Not billed by time.",
});

registerEnum(BillingType, "BillingType", "What something is counted in.", {
  LICENSE: "Licences.",
  USAGE: "Usage.",
  NONE: "Nothing: it is free.",
});

export { BillingCycle, BillingType };
