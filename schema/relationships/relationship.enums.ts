import { RelationshipKind, RelationshipStatus } from "../../entities/relationships/reseller-relationship";
import { registerEnum } from "../register-enum";

registerEnum(RelationshipKind, "RelationshipKind", "What a partner is to a customer.", {
  RESELLER: "Reseller of record.",
  ADVISOR: "Advisor.",
});

registerEnum(RelationshipStatus, "RelationshipStatus", "Whether a relationship holds now.", {
  ACTIVE: "The customer is in the partner's list.",
  REMOVED: "The partner removed it; a new invitation brings the customer back.",
});

export { RelationshipKind, RelationshipStatus };
