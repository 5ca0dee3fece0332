import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from "typeorm";
import { BillingCycle, BillingType, Offer } from "../catalog/offer";
import { IdColumn, InstantColumn, TextColumn, WordColumn } from "../columns";
import { Customer } from "../customers/customer";
import { Partner } from "../partners/partner";
import { Row } from "../row";

/** Where a subscription is in its life (domain.md 11.2). */
export enum SubscriptionStatus {
  PENDING = "PENDING",
  ACTIVE = "ACTIVE",
  SUSPENDED = "SUSPENDED",
  EXPIRED = "EXPIRED",
  DISABLED = "DISABLED",
  DELETED = "DELETED",
}

/** Why a subscription is suspended. */
export enum SuspensionReason {
  PARTNER = "PARTNER",
  TERM_ENDED = "TERM_ENDED",
}

/** What a customer bought from an offer, through which partner (domain.md 11.1). */
@Entity({ name: "subscription" })
@Index("subscription_by_customer_id_id", ["customerId", "id"])
@Index("subscription_by_partner_id_id", ["partnerId", "id"])
@Index("subscription_by_reseller_id_id", ["resellerId", "id"])
@Index("subscription_by_customer_id_partner_id_status", ["customerId", "partnerId", "status"])
export class Subscription extends Row {
  @IdColumn()
  customerId: string;

  /** The partner that bought it and bills it. */
  @IdColumn()
  partnerId: string;

  /** The indirect reseller of record, where an indirect provider bought it for that reseller's customer. */
  @IdColumn({ nullable: true })
  resellerId: string | null;

  @IdColumn()
  offerId: string;

  @TextColumn(300)
  offerName: string;

  @TextColumn(300)
  friendlyName: string;

  @Column({ type: "integer" })
  quantity: number;

  @TextColumn(100)
  unitType: string;

  @WordColumn()
  status: SubscriptionStatus;

  @Column({ type: "simple-json" })
  suspensionReasons: SuspensionReason[];

  @Column({ type: "boolean" })
  autoRenewEnabled: boolean;

  @Column({ type: "boolean" })
  isTrial: boolean;

  @WordColumn()
  billingType: BillingType;

  @WordColumn()
  billingCycle: BillingCycle;

  /** ISO 8601 length of the term. */
  @TextColumn(10)
  termDuration: string;

  @InstantColumn()
  startsAt: string;

  /** The last millisecond of the term's last day (domain.md 0: end dates are inclusive). */
  @InstantColumn()
  termEndsAt: string;

  @ManyToOne(() => Customer)
  @JoinColumn({ name: "customerId" })
  customer?: Relation<Customer>;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "partnerId" })
  partner?: Relation<Partner>;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "resellerId" })
  reseller?: Relation<Partner>;

  @ManyToOne(() => Offer)
  @JoinColumn({ name: "offerId" })
  offer?: Relation<Offer>;
}
