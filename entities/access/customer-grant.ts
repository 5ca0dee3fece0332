import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from "typeorm";
import { InstantColumn, PrimaryIdColumn } from "../columns";
import { Customer } from "../customers/customer";
import { User } from "../identity/user";

/**
 * A permission that a user of a partner has for one customer alone. Derived: written and deleted in the transaction that changes what it
 * follows from, such as an access assignment of delegated administration.
 */
@Entity({ name: "customer_grant" })
@Index("customer_grant_by_source_id", ["sourceId"])
@Index("customer_grant_by_customer_id", ["customerId"])
export class CustomerGrant {
  /** The user who has it. */
  @PrimaryIdColumn()
  holderId: string;

  /** The name of the permission, one that can be limited to a customer. */
  @PrimaryColumn({ type: "varchar", length: 64 })
  permission: string;

  @PrimaryIdColumn()
  customerId: string;

  /** The row that it follows from; several may give the same permission. */
  @PrimaryIdColumn()
  sourceId: string;

  /** From when on it is as if it were not there; null where it has no end of its own. */
  @InstantColumn({ nullable: true })
  until: string | null;

  @ManyToOne(() => User)
  @JoinColumn({ name: "holderId" })
  holder?: Relation<User>;

  @ManyToOne(() => Customer)
  @JoinColumn({ name: "customerId" })
  customer?: Relation<Customer>;
}
