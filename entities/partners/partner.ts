import { Entity, Index } from "typeorm";
import { TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** What kind of reseller a partner is in the programme (docs/sources.md, partner types). */
export enum ProgrammeRole {
  DIRECT_BILL = "DIRECT_BILL",
  INDIRECT_PROVIDER = "INDIRECT_PROVIDER",
  INDIRECT_RESELLER = "INDIRECT_RESELLER",
  ADVISOR = "ADVISOR",
}

/** The cloud that an organization lives in; partner and customer must share one (docs/sources.md, clouds). */
export enum Cloud {
  PUBLIC = "PUBLIC",
  US_GOVERNMENT = "US_GOVERNMENT",
  GERMANY = "GERMANY",
  CHINA = "CHINA",
  US_SEC = "US_SEC",
  US_NAT = "US_NAT",
}

/** An organization that resells. */
@Entity({ name: "partner" })
export class Partner extends Row {
  static readonly ids = { prefix: "part", noun: "partner" };

  /** The identity provider's id of the organization. */
  @TextColumn(64)
  @Index({ unique: true })
  tenantId: string;

  @TextColumn(200)
  name: string;

  @WordColumn()
  programmeRole: ProgrammeRole;

  /** ISO 3166-1 alpha-2; it decides the market and never changes (docs/sources.md, partner profiles). */
  @TextColumn(2)
  country: string;

  @WordColumn()
  cloud: Cloud;

  @TextColumn(253)
  domain: string;
}
