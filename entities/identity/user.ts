import { Column, Entity, Index } from "typeorm";
import { IdColumn, TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** Which customer and account data a partner's user may see and change (domain.md 3). */
export enum AgentRole {
  ADMIN_AGENT = "ADMIN_AGENT",
  SALES_AGENT = "SALES_AGENT",
  HELPDESK_AGENT = "HELPDESK_AGENT",
}

/** Which features a user may administer (domain.md 3). */
export enum AdminRole {
  GLOBAL_ADMIN = "GLOBAL_ADMIN",
  BILLING_ADMIN = "BILLING_ADMIN",
  USER_MANAGEMENT_ADMIN = "USER_MANAGEMENT_ADMIN",
}

/** An inactive user may not sign in. */
export enum UserStatus {
  ACTIVE = "ACTIVE",
  INACTIVE = "INACTIVE",
}

/** A person of a partner or of a customer. Who they are is the token's; what they may do is written here. */
@Entity({ name: "user_account" })
@Index("user_account_by_organization_id_subject", ["organizationId", "subject"], { unique: true })
export class User extends Row {
  /** The partner or customer that the user belongs to; the id's prefix tells which. */
  @IdColumn()
  organizationId: string;

  /** The `sub` that the identity provider gives this person. */
  @TextColumn(255)
  subject: string;

  @TextColumn(254)
  email: string;

  @TextColumn(200)
  displayName: string;

  @Column({ type: "simple-json" })
  agentRoles: AgentRole[];

  @Column({ type: "simple-json" })
  adminRoles: AdminRole[];

  @WordColumn()
  status: UserStatus;
}
