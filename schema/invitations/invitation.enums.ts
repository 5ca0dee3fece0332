import { InvitationStatus } from "../../entities/invitations/invitation";
import { registerEnum } from "../register-enum";

registerEnum(
  InvitationStatus,
  "InvitationStatus",
  "Where an invitation is on its way. All but PENDING are final.",
  {
    PENDING: "The link works.",
    ACCEPTED: "A customer accepted; a link for one customer no longer works.",
    DECLINED: "The customer turned it down.",
    REVOKED: "The partner took it back.",
    EXPIRED: "Its deadline has passed.",
  },
);

export { InvitationStatus };
