import { ActivityResource } from "../../entities/activity/activity-record";
import { Customer } from "../../entities/customers/customer";
import { Invitation } from "../../entities/invitations/invitation";
import { Partner } from "../../entities/partners/partner";
import { defineArea } from "../area";
import { auditedRow } from "../activity/audited-rows";
import { reference } from "../database/references.check";
import { dueRowsJob } from "../jobs/due-rows";
import { expiredInvitations } from "./expire-invitations.processor";
import { invitationCheck } from "./invitation.check";
import { makeInvitationLoader } from "./invitation.loader";

/** What invitations contribute. */
export const invitations = defineArea({
  entities: [Invitation],
  readBy: {
    // `admin verify` compares a relationship with the invitation that it came from.
    relationships: [Invitation],
  },
  loaders: { invitation: makeInvitationLoader },
  nodes: [{ of: Invitation, loader: (loaders) => loaders.invitation }],
  auditedRows: [
    auditedRow(Invitation, {
      resource: ActivityResource.INVITATION,
      columns: [
        "partnerId",
        "providerId",
        "status",
        "recipientEmail",
        "reusable",
        "customerId",
        "expiresAt",
        "endedAt",
      ],
      onlyFor: { recipientEmail: "partnerId" },
      owners: ({ partnerId, providerId }) => [partnerId, providerId],
      customerId: ({ customerId }) => customerId,
      countedBy: ["partnerId", "providerId", "customerId"],
    }),
  ],
  references: [
    reference(Invitation, "partnerId", Partner),
    reference(Invitation, "providerId", Partner),
    reference(Invitation, "customerId", Customer),
  ],
  checks: [invitationCheck],
  jobs: [dueRowsJob(expiredInvitations)],
});
