import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from "typeorm";
import { BillingCycle, BillingType, Offer } from "../catalog/offer";
import { IdColumn, InstantColumn, TextColumn, WordColumn } from "../columns";
import { Customer } from "../customers/customer";
import { Partner } from "../partners/partner";
import { Row } from "../row";

/** Where a subscription is in its life (docs/sources.md, subscription life cycle). */
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

/** Some of a subscription's quantity that may be given back until an instant, that included (docs/sources.md, subscription life cycle). */
export interface RefundableBatch {
  quantity: number;
  until: string;
}

/** What a customer bought from an offer, through which partner (docs/sources.md, subscriptions). */
@Entity({ name: "subscription" })
@Index("subscription_by_customer_id_id", ["customerId", "id"])
@Index("subscription_by_partner_id_id", ["partnerId", "id"])
@Index("subscription_by_reseller_id_id", ["resellerId", "id"])
@Index("subscription_by_partner_id_status_id", ["partnerId", "status", "id"])
@Index("subscription_by_reseller_id_status_id", ["resellerId", "status", "id"])
@Index("subscription_by_customer_id_partner_id_id", ["customerId", "partnerId", "id"])
@Index("subscription_by_customer_id_reseller_id_id", ["customerId", "resellerId", "id"])
@Index("subscription_by_customer_id_partner_id_status_id", ["customerId", "partnerId", "status", "id"])
@Index("subscription_by_customer_id_reseller_id_status_id", ["customerId", "resellerId", "status", "id"])
@Index("subscription_by_due_at_id", ["dueAt", "id"])
export class Subscription extends Row {
  static readonly ids = { prefix: "sub", noun: "subscription" };

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

  /** The last millisecond of the term's last day (docs/sources.md, conventions: end dates are inclusive). */
  @InstantColumn()
  termEndsAt: string;

  /** 1 for the term that began when it was bought, and one more at each renewal. */
  @Column({ type: "integer" })
  termNumber: number;

  /** When time takes it to its next state by itself; null in the last one. Follows from status and term. */
  @InstantColumn({ nullable: true })
  dueAt: string | null;

  /** What was bought or renewed within the last days, the batch that closes first at the front. */
  @Column({ type: "simple-json" })
  refundableBatches: RefundableBatch[];

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
