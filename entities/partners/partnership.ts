import { Entity, Index, JoinColumn, ManyToOne, type Relation } from "typeorm";
import { IdColumn, WordColumn } from "../columns";
import { Partner } from "./partner";
import { Row } from "../row";

/** Whether an indirect provider and an indirect reseller work together now (docs/sources.md, partnerships). */
export enum PartnershipStatus {
  ACTIVE = "ACTIVE",
  ENDED = "ENDED",
}

/** An indirect provider and an indirect reseller that sell together. */
@Entity({ name: "partnership" })
@Index("partnership_by_reseller_id_provider_id", ["resellerId", "providerId"], { unique: true })
@Index("partnership_by_provider_id_reseller_id", ["providerId", "resellerId"])
export class Partnership extends Row {
  static readonly ids = { prefix: "pship", noun: "partnership" };

  @IdColumn()
  providerId: string;

  @IdColumn()
  resellerId: string;

  @WordColumn()
  status: PartnershipStatus;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "providerId" })
  provider?: Relation<Partner>;

  @ManyToOne(() => Partner)
  @JoinColumn({ name: "resellerId" })
  reseller?: Relation<Partner>;
}
