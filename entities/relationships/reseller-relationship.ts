import { Entity, Index, JoinColumn, ManyToOne, type Relation } from "typeorm";
import { IdColumn, InstantColumn, TextColumn, WordColumn } from "../columns";
import { Customer } from "../customers/customer";
import { Invitation } from "../invitations/invitation";
import { Partner } from "../partners/partner";
import { Row } from "../row";

/** What a partner is to a customer (docs/sources.md, relationships). */
export enum RelationshipKind {
  RESELLER = "RESELLER",
  ADVISOR = "ADVISOR",
}

/** The relationship machine is re-entrant: active, removed, active again (docs/sources.md, relationships). */
export enum RelationshipStatus {
  ACTIVE = "ACTIVE",
  REMOVED = "REMOVED",
}

/**
 * Partner to customer, and what this partner keeps about the customer. One row per pair for ever: removing
 * and coming back change its status, so two clicks or two nodes can never make a second relationship.
 */
@Entity({ name: "reseller_relationship" })
@Index("relationship_by_partner_and_customer", ["partnerId", "customerId"], { unique: true })
@Index("relationship_by_customer_and_partner", ["customerId", "partnerId"])
@Index("relationship_by_company_name", ["partnerId", "status", "companyNameKey", "customerId"])
@Index("relationship_by_since", ["partnerId", "status", "establishedAt", "customerId"])
@Index("relationship_by_domain", ["partnerId", "status", "domain", "customerId"])
@Index("relationship_by_partner", ["partnerId", "id"])
@Index("relationship_by_partner_and_status", ["partnerId", "status", "id"])
export class ResellerRelationship extends Row {
  static readonly ids = { prefix: "rel", noun: "relationship" };

  @IdColumn()
  partnerId: string;

  @IdColumn()
  customerId: string;

  @WordColumn()
  kind: RelationshipKind;

  @WordColumn()
  status: RelationshipStatus;

  /** The invitation that established it last; none when the partner created the customer. */
  @IdColumn({ nullable: true })
  invitationId: string | null;

  /** The company name in this partner's customer list; the tenant's own name stays as it is (docs/sources.md, customers). */
  @TextColumn(200)
  companyName: string;

  /** What the list is searched and ordered by: see searchKey. */
  @TextColumn(200)
  companyNameKey: string;

  /** Copy of the customer's primary domain, so that searching by it is one index range. */
  @TextColumn(253)
  domain: string;

  @TextColumn(254, { nullable: true })
  contactEmail: string | null;

  @TextColumn(40, { nullable: true })
  contactPhone: string | null;

  @TextColumn(50, { nullable: true })
  contactFirstName: string | null;

  @TextColumn(50, { nullable: true })
  contactMiddleName: string | null;

  @TextColumn(50, { nullable: true })
  contactLastName: string | null;

  @TextColumn(50, { nullable: true })
  registrationNumber: string | null;

  @InstantColumn()
  establishedAt: string;

  @InstantColumn({ nullable: true })
  removedAt: string | null;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "partnerId" })
  partner?: Relation<Partner>;

  @ManyToOne(() => Customer)
  @JoinColumn({ name: "customerId" })
  customer?: Relation<Customer>;

  @ManyToOne(() => Invitation)
  @JoinColumn({ name: "invitationId" })
  invitation?: Relation<Invitation>;
}
