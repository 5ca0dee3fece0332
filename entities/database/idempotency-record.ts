import { Entity, Index } from "typeorm";
import { InstantColumn, LongTextColumn, TextColumn } from "../columns";

/**
 * The first result of a mutation that was called with an idempotency key, written in the same transaction as its
 * effect. The result is sealed with the key itself, so that what is shown once cannot be read from the database.
 */
@Entity({ name: "idempotency_record" })
export class IdempotencyRecord {
  /** SHA-256 of who called and their key, hexadecimal. */
  @TextColumn(64, { primary: true })
  id: string;

  @TextColumn(64)
  operation: string;

  /** SHA-256 of the input, to refuse the same key with another input. */
  @TextColumn(64)
  inputHash: string;

  /** The sealed result; null only inside the transaction that is making it. */
  @LongTextColumn({ nullable: true })
  sealedResult: string | null;

  @InstantColumn()
  @Index()
  expiresAt: string;
}
