import { ArgsType, Field, ID, Int } from "type-graphql";
import { BillingCycle, BillingType } from "./offer.enums";
import { connectionOf, PageArgs } from "../connection.type";
import { NodeObject, NodeType } from "../node.type";

/** Something that can be bought. */
@NodeObject("offer", "Offer", "Something that can be bought for a customer in one country.")
export class OfferType extends NodeType {
  @Field(() => String, { description: "The publisher's id of the offer; one offer for each country." })
  catalogId: string;

  @Field(() => String, { description: "Where it is sold, ISO 3166-1 alpha-2." })
  country: string;

  @Field(() => String, { description: "Language and region of its texts." })
  locale: string;

  @Field(() => String, { description: "Its name." })
  name: string;

  @Field(() => String, { description: "What it is." })
  description: string;

  @Field(() => Int, { description: "The fewest that can be bought." })
  minimumQuantity: number;

  @Field(() => Int, { description: "The most that can be bought." })
  maximumQuantity: number;

  @Field(() => String, { description: "Length of a term, ISO 8601, such as `P1Y`." })
  termDuration: string;

  @Field(() => [BillingCycle], {
    description: "How it can be billed; the first is used when none is asked for.",
  })
  supportedBillingCycles: BillingCycle[];

  @Field(() => BillingType, { description: "What it is counted in." })
  billingType: BillingType;

  @Field(() => String, { description: "What one of it is called." })
  unitType: string;

  @Field(() => Boolean, { description: "Whether it adds to another offer that the customer needs first." })
  isAddOn: boolean;

  @Field(() => Boolean, { description: "Whether it is a trial." })
  isTrial: boolean;

  @Field(() => Boolean, { description: "Whether it can renew by itself." })
  isAutoRenewable: boolean;

  @Field(() => Boolean, { description: "Whether it is sold now." })
  isAvailableForPurchase: boolean;

  @Field(() => [String], { description: "Catalogue ids of the offers of which an add-on needs one first." })
  prerequisiteCatalogIds: string[];
}

/** A page of offers. */
export const OfferConnection = connectionOf(() => OfferType, "Offer");

/** What a list of offers is asked for. */
@ArgsType()
export class OffersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: "Only those sold in this country, ISO 3166-1 alpha-2.",
  })
  country?: string;

  @Field(() => String, {
    nullable: true,
    description: "Beginning of the name, without regard to case and accents.",
  })
  nameStartsWith?: string;

  @Field(() => ID, { nullable: true, description: "Only this catalogue id." })
  catalogId?: string;

  @Field(() => Boolean, { nullable: true, description: "Only add-ons, or only what is none." })
  isAddOn?: boolean;

  @Field(() => Boolean, { nullable: true, description: "Only trials, or only what is none." })
  isTrial?: boolean;

  @Field(() => Boolean, { nullable: true, description: "Leave out what is no longer sold." })
  availableOnly?: boolean;
}
