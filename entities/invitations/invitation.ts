import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from "typeorm";
import { IdColumn, InstantColumn, TextColumn, WordColumn } from "../columns";
import { Customer } from "../customers/customer";
import { Partner } from "../partners/partner";
import { Row } from "../row";

/** Where an invitation is on its way; all but PENDING are final (docs/sources.md, invitations). */
export enum InvitationStatus {
  PENDING = "PENDING",
  ACCEPTED = "ACCEPTED",
  DECLINED = "DECLINED",
  REVOKED = "REVOKED",
  EXPIRED = "EXPIRED",
}

/** A reseller relationship request with its personalized link. The link's token is not stored, only its hash. */
@Entity({ name: "invitation" })
@Index("invitation_by_partner_id_id", ["partnerId", "id"])
@Index("invitation_by_partner_id_status_id", ["partnerId", "status", "id"])
@Index("invitation_by_provider_id_id", ["providerId", "id"])
@Index("invitation_by_provider_id_status_id", ["providerId", "status", "id"])
@Index("invitation_by_customer_id_id", ["customerId", "id"])
@Index("invitation_by_status_expires_at_id", ["status", "expiresAt", "id"])
export class Invitation extends Row {
  static readonly ids = { prefix: "inv", noun: "invitation" };

  @IdColumn()
  partnerId: string;

  /** The indirect provider that the same link binds the customer to (docs/sources.md, invitations). */
  @IdColumn({ nullable: true })
  providerId: string | null;

  /** SHA-256 of the link's token, hexadecimal. */
  @TextColumn(64)
  @Index({ unique: true })
  tokenHash: string;

  @WordColumn()
  status: InvitationStatus;

  /** Whom the draft e-mail is addressed to; none on a reusable link that is for anyone. */
  @TextColumn(254, { nullable: true })
  recipientEmail: string | null;

  /** Partner, provider and address while pending, else null: the unique index allows one pending invitation each. */
  @TextColumn(350, { nullable: true })
  @Index({ unique: true })
  pendingKey: string | null;

  @Column({ type: "boolean" })
  reusable: boolean;

  /** The only customer that may use the link: named by the inviter, or the one that accepted. */
  @IdColumn({ nullable: true })
  customerId: string | null;

  @TextColumn(200)
  subject: string;

  /** The draft's text with a placeholder where the link belongs. */
  @Column({ type: "text" })
  bodyTemplate: string;

  @InstantColumn()
  expiresAt: string;

  /** When it was accepted, declined or revoked, or expired. */
  @InstantColumn({ nullable: true })
  endedAt: string | null;

  @IdColumn()
  createdBy: string;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "partnerId" })
  partner?: Relation<Partner>;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "providerId" })
  provider?: Relation<Partner>;

  @ManyToOne(() => Customer)
  @JoinColumn({ name: "customerId" })
  customer?: Relation<Customer>;
}
