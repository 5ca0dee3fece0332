export { createPartnership } from "./create-partnership";
export { countProviders, listProviders } from "./list-providers";
export { partnerErrors } from "./partner.errors";
export { findProviderOf, findVisiblePartners, type VisiblePartner } from "./partner.repository";
export { checkPartnership, startPartnership, type StartPartnership } from "./start-partnership";
