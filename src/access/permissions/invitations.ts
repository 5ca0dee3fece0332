import { CUSTOMER_AGENTS, GLOBAL_ADMINS, people, PER_CUSTOMER, type PermissionRule } from "./permission-rule";

/** What may be done with invitations. */
export const invitationPermissions = {
  "invitation.create": { means: "Invite a customer", partner: CUSTOMER_AGENTS },
  "invitation.read": {
    means: "See invitations",
    partner: CUSTOMER_AGENTS,
    customer: GLOBAL_ADMINS,
    ...PER_CUSTOMER,
  },
  "invitation.edit": { means: "Edit the draft of a pending invitation", partner: CUSTOMER_AGENTS },
  "invitation.revoke": { means: "Revoke a pending invitation", partner: CUSTOMER_AGENTS },
  "invitation.open": {
    means: "See the invitation behind a link",
    customer: GLOBAL_ADMINS,
    prospect: true,
    ...people,
  },
  "invitation.accept": { means: "Accept an invitation", customer: GLOBAL_ADMINS, prospect: true, ...people },
  "invitation.decline": {
    means: "Decline an invitation",
    customer: GLOBAL_ADMINS,
    prospect: true,
    ...people,
  },
} as const satisfies Record<string, PermissionRule>;
