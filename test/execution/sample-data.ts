import { idPrefixes, type IdKind } from "../support/id-kinds";

/** The milliseconds tell times of the fixed clock, and those reckoned from it, from times of the real one. */
export const FIXED_MS = ".777Z";

const ID = /\b(part|pship|user|cust|inv|rel|offer|sub|evt|key|act|whe|whd)_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+Z?/g;
/** Cursors, tokens, secrets and hashes. */
const OPAQUE = /[A-Za-z0-9_+/-]{24,}=*/g;

/** Which kind of row the argument or input field of a name stands for. */
const KIND_OF: Record<string, IdKind> = {
  customerId: "customer",
  subscriptionId: "subscription",
  offerId: "offer",
  relationshipId: "relationship",
  invitationId: "invitation",
  endpointId: "webhookEndpoint",
  deliveryId: "webhookDelivery",
  userId: "user",
  apiKeyId: "apiKey",
  resellerId: "partner",
  indirectProviderId: "partner",
};

/** Values that are valid for some time or for most rows. */
const VALUES: Record<string, readonly unknown[]> = {
  first: [1, 2, 5, 50, null],
  expectedVersion: [1, 2, 3],
  quantity: [1, 2, 5, 20],
  overlapHours: [0, 1, 24],
  expiresInDays: [1, 30],
  idempotencyKey: ["key-1", "key-2", "key-3", "key-4"],
  url: ["http://127.0.0.1:9/hook", "http://127.0.0.1:9/other"],
  country: ["US", "DE"],
  domain: ["one.example", "two.example", "three.example", "four.example", "five.example"],
  email: ["one@direct.example", "two@direct.example"],
  contactEmail: ["office@one.example"],
  contactPhone: ["+12025550123", "+12025550124"],
  permissions: ["customer.read", "offer.read"],
};

/** The rows of one server that operations may name, and what is different on each server in texts. */
export class SampleData {
  /** Ids by prefix, and tokens, in the order in which answers told them. */
  private readonly known = new Map<string, string[]>();
  private readonly numbers = new Map<string, number>();

  /** Remembers ids and invitation tokens that an answer tells. */
  learn(text: string): void {
    for (const [id, prefix = ""] of text.matchAll(ID)) this.remember(prefix, id);
    for (const [, token = ""] of text.matchAll(/\/[^"#\s]*#([\w-]{20,})/g)) this.remember("token", token);
  }

  /** Values for an argument or input field: those of rows, and others that the server accepts. */
  readonly samples = (name: string, scalar: string): readonly unknown[] => {
    const kind = KIND_OF[name];
    if (kind) return this.known.get(idPrefixes[kind]) ?? [];
    if (name === "token") return this.known.get("token") ?? [];
    if (scalar === "ID")
      return ["cust", "sub", "offer", "rel"].flatMap((prefix) => this.known.get(prefix)?.slice(0, 3) ?? []);
    return VALUES[name] ?? [];
  };

  /** A text of this server as another one with the same rows would have it: known ids as numbers, others and secrets left out. */
  normalized(text: string): string {
    return text
      .replace(ID, (id, prefix: string) => `${prefix}#${this.numbers.get(id) ?? "?"}`)
      .replace(TIME, (time) =>
        time.endsWith(FIXED_MS) || time.endsWith(FIXED_MS.slice(0, -1)) ? time : "earlier",
      )
      .replace(OPAQUE, (word) => (/\d/.test(word) && /[a-z]/.test(word) ? "opaque" : word));
  }

  private remember(kind: string, value: string): void {
    const values = this.known.get(kind) ?? [];
    if (values.includes(value)) return;
    this.known.set(kind, [...values, value]);
    this.numbers.set(value, values.length);
  }
}
