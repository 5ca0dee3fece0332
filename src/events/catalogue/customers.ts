import { defineEvents } from "./event-definition";

/** Events about customers. */
export const customerEvents = defineEvents(
  {
    interfaceName: "CustomerEvent",
    description: "Something that happened to a customer.",
    payload: {
      customerId: { type: "ID", meaning: "The customer's id." },
      partnerId: { type: "ID", meaning: "The partner's id." },
      companyName: { type: "String", meaning: "The company name in the partner's list." },
      domain: { type: "String", meaning: "The customer's primary domain." },
    },
    audience: ["partnerId"],
  },
  {
    "customer.added": {
      meaning: "A partner created a customer.",
      audience: ["partnerId", "customerId"],
    },
    "customer.updated": { meaning: "A partner changed what it keeps about a customer." },
  },
);
