import { Entity } from "typeorm";
import { InstantColumn, PrimaryIdColumn, TextColumn } from "../columns";

/** A known text, sealed with the operator's key: whether a key opens it tells whether it is the key of this database. One row at most. */
@Entity({ name: "secrets_key_check" })
export class SecretsKeyCheck {
  /** Always the same word. */
  @PrimaryIdColumn()
  id: string;

  @TextColumn(200)
  sealed: string;

  /** When the key was first used, or taken for the one of this database. */
  @InstantColumn()
  createdAt: string;
}
