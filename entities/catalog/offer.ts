import { Column, Entity, Index } from "typeorm";
import { TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** How often a subscription is billed (docs/sources.md, catalogue). */
export enum BillingCycle {
  MONTHLY = "MONTHLY",
  ANNUAL = "ANNUAL",
  TRIENNIAL = "TRIENNIAL",
  BIENNIAL = "BIENNIAL",
  ONE_TIME = "ONE_TIME",
  NONE = "NONE",
}

/** What a subscription from the offer is counted in (docs/sources.md, catalogue). */
export enum BillingType {
  LICENSE = "LICENSE",
  USAGE = "USAGE",
  NONE = "NONE",
}

/** Something that can be bought in one country. */
@Entity({ name: "offer" })
@Index("offer_by_catalog_id_country", ["catalogId", "country"], { unique: true })
@Index("offer_by_country_name_key_id", ["country", "nameKey", "id"])
@Index("offer_by_name_key_id", ["nameKey", "id"])
export class Offer extends Row {
  static readonly ids = { prefix: "offer", noun: "offer" };

  /** The publisher's id of the offer, upper-case; one row per country. */
  @TextColumn(100)
  catalogId: string;

  @TextColumn(2)
  country: string;

  @TextColumn(10)
  locale: string;

  @TextColumn(300)
  name: string;

  /** What the list is searched and ordered by: see searchKey. */
  @TextColumn(200)
  nameKey: string;

  @Column({ type: "text" })
  description: string;

  @Column({ type: "integer" })
  minimumQuantity: number;

  @Column({ type: "integer" })
  maximumQuantity: number;

  /** ISO 8601 length of one term. */
  @TextColumn(10)
  termDuration: string;

  @Column({ type: "simple-json" })
  supportedBillingCycles: BillingCycle[];

  @WordColumn()
  billingType: BillingType;

  @TextColumn(100)
  unitType: string;

  @Column({ type: "boolean" })
  isAddOn: boolean;

  @Column({ type: "boolean" })
  isTrial: boolean;

  @Column({ type: "boolean" })
  isAutoRenewable: boolean;

  @Column({ type: "boolean" })
  isAvailableForPurchase: boolean;

  /** Catalogue ids of the offers of which the customer needs one first. */
  @Column({ type: "simple-json" })
  prerequisiteCatalogIds: string[];
}
