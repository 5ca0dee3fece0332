export { demoOffers } from "./demo-offers";
export { getOffer } from "./get-offer";
export { importOffers, type ImportReport, type RefusedRecord } from "./import-offers";
export { listOffers, type ListOffers } from "./list-offers";
export type { NewOffer } from "./offer-record";
export { offerErrors } from "./offer.errors";
export { findOffer } from "./offer.repository";
export { type SavedOffers, saveOffers } from "./save-offers";
