import { Column, Entity, Index } from "typeorm";
import { IdColumn, InstantColumn, PrimaryIdColumn, TextColumn, WordColumn } from "../columns";
import { Row } from "../row";

/** A revoked key opens nothing any more and stays so. EXPIRED is never stored: an active key is it from its end on. */
export enum ApiKeyStatus {
  ACTIVE = "ACTIVE",
  REVOKED = "REVOKED",
  EXPIRED = "EXPIRED",
}

/** What a service or listener of one organization signs in with; its secrets are rows of their own. */
@Entity({ name: "api_key" })
@Index("api_key_by_organization_id_id", ["organizationId", "id"])
export class ApiKey extends Row {
  static readonly ids = { prefix: "key", noun: "API key" };

  /** The partner or customer that the key works for; the id's prefix tells which. */
  @IdColumn()
  organizationId: string;

  @TextColumn(100)
  name: string;

  /** Names of permissions. What the organization may no longer have is not used, though it stays written here. */
  @Column({ type: "simple-json" })
  permissions: string[];

  @WordColumn()
  status: ApiKeyStatus;

  @InstantColumn({ nullable: true })
  expiresAt: string | null;

  /** To the minute, at most; not a change that counts in `version`. */
  @InstantColumn({ nullable: true })
  lastUsedAt: string | null;

  @IdColumn()
  createdBy: string;

  @InstantColumn({ nullable: true })
  revokedAt: string | null;
}

/** One secret of an API key: its hash only. A rotated key has two for a while. */
@Entity({ name: "api_key_secret" })
export class ApiKeySecret {
  /** SHA-256 of the whole key, in hex. */
  @PrimaryIdColumn(64)
  hash: string;

  @Index("api_key_secret_by_api_key_id")
  @IdColumn()
  apiKeyId: string;

  /** The key's last four characters, by which people tell their keys apart. */
  @TextColumn(4)
  lastCharacters: string;

  @InstantColumn()
  createdAt: string;

  /** When a rotated secret stops working; the newest one has none of its own. */
  @InstantColumn({ nullable: true })
  expiresAt: string | null;
}
