import { randomBytes } from "node:crypto";
import type { RowCounts } from "../../entities/events/organization-head";
import type { DevelopmentIssuer } from "../../src/identity";
import type { StoredRow } from "./insert-rows";
import type { rowMaker } from "./seed-rows";

/** What one call of each mutation uses up. */
export interface Item {
  /** Of the invitation's link. */
  token: string;
  /** Of the customer's user, who accepts. */
  userToken: string;
  subscriptionId: string;
}

/** Whose invitations and subscriptions are used up. */
export interface Seller {
  issuer: DevelopmentIssuer;
  seller: StoredRow;
  sellerUser: StoredRow;
  offer: StoredRow;
}

const TOKEN_SECONDS = 3_600;

/** What the mutations use up: so many customers with a user, a pending invitation and an active subscription each. */
export async function makePool(
  make: ReturnType<typeof rowMaker>,
  { issuer, seller, sellerUser, offer }: Seller,
  items: number,
): Promise<{ tables: Record<string, StoredRow[]>; made: Item[] }> {
  const tables: Record<string, StoredRow[]> = {};
  const add = (table: string, row: StoredRow) => (tables[table] ??= []).push(row);
  const made: Item[] = [];
  for (let at = 0; at < items; at++) {
    const customer = make.customer(`Pool Customer ${randomBytes(6).toString("hex")}`);
    const user = make.customerUser(customer);
    const token = randomBytes(32).toString("base64url");
    const subscription = make.subscription(seller, customer, offer, at);
    add("customer", customer);
    add("organization_head", make.head(customer, countsOfPool(1)));
    add("user_account", user);
    add("invitation", make.invitation(seller, sellerUser, customer, token));
    add("subscription", subscription);
    const userToken = await tokenOf(issuer, customer, user);
    made.push({ token, userToken, subscriptionId: String(subscription.id) });
  }
  return { tables, made };
}

/** The counts of so many items, in the head of the seller; of one, in that of its customer. */
export function countsOfPool(items: number): RowCounts {
  return { "INVITATION PENDING": items, "SUBSCRIPTION ACTIVE": items };
}

/** What a user signs in with. */
export function tokenOf(
  issuer: DevelopmentIssuer,
  organization: StoredRow,
  user: StoredRow,
): Promise<string> {
  return issuer.sign(
    {
      tenantId: String(organization.tenantId),
      subject: String(user.subject),
      email: String(user.email),
      displayName: String(user.displayName),
      isGlobalAdmin: false,
    },
    TOKEN_SECONDS,
  );
}
