export { createPartner, createPartnership, type NewPartner } from "./create-partner";
export { countProviders, listProviders } from "./list-providers";
export { partnerErrors } from "./partner.errors";
export { countryProblem, inSameMarket, isCountryCode, regionOf } from "./market";
export { makePartnerLoader, type PartnerLoader } from "./partner.loader";
export { findProviderOf, findVisiblePartners, getPartner, type VisiblePartner } from "./partner.repository";
export { checkPartnership, startPartnership, type StartPartnership } from "./start-partnership";
