import type { DomainError } from "../errors/domain-error";

/** Locks text so that it can be stored, and unlocks it again; `boundTo` names the only place where it is good. */
export interface SecretBox {
  seal(text: string, boundTo: string): string;
  /** Throws when it was sealed under another key or for another place, or was changed. */
  open(sealed: string, boundTo: string): string;
}

/** What webhooks need of the world around the database. */
export interface WebhookDependencies {
  /** Looks a receiver's address up, as it would be for a delivery; gives why it may not be called, or its usual form. */
  checkUrl(text: string): Promise<{ url: string } | { refusal: DomainError }>;
  /** Absent in production where the operator has set no SECRETS_KEY. */
  secretBox?: SecretBox;
}
