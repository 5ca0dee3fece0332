import { Column, Entity, Index } from "typeorm";
import { IdColumn, TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** Which customer and account data a partner's user may see and change (docs/sources.md, users and roles). */
export enum AgentRole {
  ADMIN_AGENT = "ADMIN_AGENT",
  SALES_AGENT = "SALES_AGENT",
  HELPDESK_AGENT = "HELPDESK_AGENT",
}

/** Which features a user may administer (docs/sources.md, users and roles). */
export enum AdminRole {
  GLOBAL_ADMIN = "GLOBAL_ADMIN",
  BILLING_ADMIN = "BILLING_ADMIN",
  USER_MANAGEMENT_ADMIN = "USER_MANAGEMENT_ADMIN",
}

/** An invited user becomes active by signing in for the first time; an inactive one may not sign in. */
export enum UserStatus {
  INVITED = "INVITED",
  ACTIVE = "ACTIVE",
  INACTIVE = "INACTIVE",
}

/** A person of a partner or of a customer. Who they are is the token's; what they may do is written here. */
@Entity({ name: "user_account" })
@Index("user_account_by_organization_id_subject", ["organizationId", "subject"], { unique: true })
@Index("user_account_by_organization_id_email", ["organizationId", "email"], { unique: true })
@Index("user_account_by_organization_id_id", ["organizationId", "id"])
@Index("user_account_by_organization_id_status_id", ["organizationId", "status", "id"])
export class User extends Row {
  static readonly ids = { prefix: "user", noun: "user" };

  /** The partner or customer that the user belongs to; the id's prefix tells which. */
  @IdColumn()
  organizationId: string;

  /** The identity provider's id of this person; unknown until an invited user signs in for the first time. */
  @TextColumn(255, { nullable: true })
  subject: string | null;

  /** In lower case; an invited user is recognized by it. Null where the issuer told none. */
  @TextColumn(254, { nullable: true })
  email: string | null;

  @TextColumn(200)
  displayName: string;

  @Column({ type: "simple-json" })
  agentRoles: AgentRole[];

  @Column({ type: "simple-json" })
  adminRoles: AdminRole[];

  @WordColumn()
  status: UserStatus;
}
