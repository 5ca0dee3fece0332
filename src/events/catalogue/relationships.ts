import { defineEvents } from "./event-definition";
import { ACCEPTED_RELATIONSHIP } from "./real-names";

/** Events about relationships. */
export const relationshipEvents = defineEvents(
  {
    interfaceName: "RelationshipEvent",
    description: "Something that happened to a relationship.",
    payload: {
      relationshipId: { type: "ID", meaning: "The relationship's id." },
      partnerId: { type: "ID", meaning: "The partner's id." },
      partnerName: { type: "String", meaning: "The partner's name." },
      customerId: { type: "ID", meaning: "The customer's id." },
      companyName: {
        type: "String",
        meaning: "The customer's own company name; the partner may call it otherwise in its list.",
      },
      domain: { type: "String", meaning: "The customer's primary domain." },
      invitationId: {
        type: "ID",
        nullable: true,
        graphqlName: "establishedByInvitationId",
        meaning: "The invitation that established it last; null when the partner created the customer.",
      },
    },
    audience: ["partnerId", "customerId"],
  },
  {
    "relationship.established": {
      meaning: "A customer has a new reseller relationship, or one that was removed is active again.",
      realNames: ACCEPTED_RELATIONSHIP,
    },
    "relationship.removed": {
      meaning: "A partner removed its relationship; the customer has left the partner's list.",
    },
  },
);
