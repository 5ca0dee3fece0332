import { Entity, Index } from "typeorm";
import { TextColumn, WordColumn } from "../columns";
import { Cloud } from "../partners/partner";
import { Row } from "../row";

/**
 * An organization that buys: one row per tenant, whoever resells to it. What one partner keeps about it
 * (the name in its list, the contact) stands in that partner's ResellerRelationship, so that no partner
 * can change what another one reads.
 */
@Entity({ name: "customer" })
@Index("customer_by_tenant_id_cloud", ["tenantId", "cloud"], { unique: true })
export class Customer extends Row {
  static readonly ids = { prefix: "cust", noun: "customer" };

  /** The identity provider's id of the organization. */
  @TextColumn(64)
  tenantId: string;

  @TextColumn(200)
  companyName: string;

  /** Primary domain, lower-case ASCII. */
  @TextColumn(253)
  @Index({ unique: true })
  domain: string;

  /** ISO 3166-1 alpha-2 of the tenant; it decides the market (docs/sources.md, markets). */
  @TextColumn(2)
  country: string;

  @WordColumn()
  cloud: Cloud;
}
