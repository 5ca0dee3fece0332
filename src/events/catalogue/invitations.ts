import { defineEvents } from "./event-definition";
import { ACCEPTED_RELATIONSHIP } from "./real-names";

/** Events about invitations. */
export const invitationEvents = defineEvents(
  {
    interfaceName: "InvitationEvent",
    description: "Something that happened to an invitation.",
    payload: {
      invitationId: { type: "ID", meaning: "The invitation's id." },
      partnerId: { type: "ID", meaning: "The inviting partner's id." },
      partnerName: { type: "String", meaning: "The inviting partner's name." },
      providerId: {
        type: "ID",
        nullable: true,
        meaning: "The indirect provider's id, where the link binds the customer to it too.",
      },
      recipientEmail: {
        type: "String",
        nullable: true,
        meaning: "Whom the draft was addressed to.",
        onlyFor: "partnerId",
      },
      reusable: { type: "Boolean", meaning: "Whether any number of customers may accept it." },
    },
    audience: ["partnerId", "providerId"],
  },
  {
    "invitation.sent": { meaning: "A partner made an invitation and got its link." },
    "invitation.edited": { meaning: "A partner changed the draft e-mail of a pending invitation." },
    "invitation.revoked": {
      meaning: "A partner took a pending invitation back; its link no longer works.",
    },
    "invitation.expired": {
      meaning: "Nobody answered an invitation in time; its link no longer works.",
    },
    "invitation.declined": {
      meaning: "A Global admin of the customer declined the invitation.",
      payload: {
        customerId: {
          type: "ID",
          nullable: true,
          graphqlName: "answeredByCustomerId",
          meaning: "The customer's id; null where the organization is not known here.",
        },
        companyName: {
          type: "String",
          nullable: true,
          graphqlName: "answeredByCompanyName",
          meaning: "The customer's company name; null where it is not known here.",
        },
        domain: {
          type: "String",
          nullable: true,
          graphqlName: "answeredByDomain",
          meaning: "The customer's primary domain; null where it is not known here.",
        },
      },
      audience: ["partnerId", "providerId", "customerId"],
    },
    "invitation.accepted": {
      meaning: "A Global admin of the customer accepted the invitation; its relationships are active.",
      payload: {
        customerId: { type: "ID", meaning: "The customer's id." },
        companyName: { type: "String", meaning: "The customer's company name." },
        domain: { type: "String", meaning: "The customer's primary domain." },
        relationshipIds: {
          type: "ID",
          list: true,
          meaning: "The relationships that it made, the inviting partner's first.",
        },
      },
      audience: ["partnerId", "providerId", "customerId"],
      realNames: ACCEPTED_RELATIONSHIP,
    },
  },
);
