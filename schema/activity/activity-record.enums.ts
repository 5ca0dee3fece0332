import { ActivityOutcome, ActivityResource } from "../../entities/activity/activity-record";
import { registerEnum } from "../register-enum";

registerEnum(ActivityOutcome, "ActivityOutcome", "How an attempt ended.", {
  SUCCEEDED: "It was done.",
  REFUSED: "It was refused, and changed nothing.",
});

registerEnum(ActivityResource, "ActivityResource", "What sort of thing was acted on.", {
  CUSTOMER: "A customer organization.",
  INVITATION: "An invitation.",
  RELATIONSHIP: "A reseller relationship, and what the partner keeps about the customer.",
  SUBSCRIPTION: "A subscription.",
  PARTNER: "A partner organization.",
  PARTNERSHIP: "An indirect provider and an indirect reseller that work together.",
  USER: "A user.",
  API_KEY: "An API key.",
  WEBHOOK_ENDPOINT: "A webhook endpoint.",
});

export { ActivityOutcome, ActivityResource };
