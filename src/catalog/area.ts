import { Offer } from "../../entities/catalog/offer";
import { defineArea } from "../area";
import { makeOfferLoader } from "./offer.loader";

/** What the catalog of offers contributes. */
export const catalog = defineArea({
  entities: [Offer],
  readBy: {
    // Which of some offers a customer has a subscription of.
    subscriptions: [Offer],
  },
  loaders: { offer: makeOfferLoader },
  nodes: [{ of: Offer, loader: (loaders) => loaders.offer }],
});
