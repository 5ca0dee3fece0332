/** What the real Partner Center sends when a customer accepts a partner, or an indirect provider with its reseller. */
export const ACCEPTED_RELATIONSHIP = [
  "reseller-relationship-accepted-by-customer",
  "indirect-reseller-relationship-accepted-by-customer",
] as const;
