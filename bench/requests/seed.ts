import { cpSync } from "node:fs";
import { searchKey } from "../../src/values/search-key";
import { openDevelopmentIssuer } from "../../src/identity";
import { cursorOf } from "../references/cursor";
import type { BenchEnvironment } from "../environment";
import { fillReleasedSchema } from "../released-schema";
import type { StoredRow } from "./insert-rows";
import { countsOfPool, type Item, makePool, tokenOf } from "./pool";
import { rowMaker } from "./seed-rows";
import { FIRST, SECOND } from "./words";

/** Who and what the database was filled with. */
export interface Supply {
  readerId: string;
  customerIds: string[];
  firstWords: string[];
  /** The place in the list by name after this share of the customers, 0 to 1. */
  cursorAt(share: number): string;
  readerToken: string;
  sellerToken: string;
  /** Invitations that nobody accepted yet. */
  invited: Item[];
  /** Subscriptions that are active. */
  sold: Item[];
}

/** How many customers the list has, whatever a run is asked for: 40 first words times 50 second ones. */
export const CUSTOMERS = 2_000;

/**
 * Fills an empty database: a direct-bill partner with 2,000 customers and 6,000 subscriptions, whose user reads; and a
 * second one that the mutations belong to, with so many customers, invitations and subscriptions to use up, so that the
 * lists that are read stay as they are.
 * @param items how many invitations and subscriptions the mutations can use up
 * @param copies further empty environments that get the same rows and the same signing key, so that the same requests,
 * tokens included, can be sent to the server of each
 */
export async function seed(
  environment: BenchEnvironment,
  items: number,
  copies: BenchEnvironment[] = [],
): Promise<Supply> {
  const issuer = await openDevelopmentIssuer(environment.folder);
  for (const { folder } of copies) cpSync(environment.folder, folder, { recursive: true });
  const make = rowMaker(new Date().toISOString());
  const reader = make.partner("Clearwater Cloud");
  const seller = make.partner("Evergreen Cloud");
  const readerUser = make.partnerUser(reader);
  const sellerUser = make.partnerUser(seller);
  const offer = make.offer();
  const tables: Record<string, StoredRow[]> = {
    partner: [reader, seller],
    offer: [offer],
    customer: [],
    organization_head: [
      make.head(reader, { "RELATIONSHIP ACTIVE": CUSTOMERS, "SUBSCRIPTION ACTIVE": 3 * CUSTOMERS }),
      make.head(seller, countsOfPool(items)),
    ],
    user_account: [readerUser, sellerUser],
    invitation: [],
    reseller_relationship: [],
    subscription: [],
  };
  const add = (table: string, ...rows: StoredRow[]) => tables[table]?.push(...rows);
  const listed = Array.from({ length: CUSTOMERS }, (_, at) => {
    const name = `${FIRST[at % FIRST.length]} ${SECOND[Math.floor(at / FIRST.length)]}`;
    const customer = make.customer(name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()));
    add("customer", customer);
    add("organization_head", make.head(customer, { "RELATIONSHIP ACTIVE": 1, "SUBSCRIPTION ACTIVE": 3 }));
    add("reseller_relationship", make.relationship(reader, customer, at));
    for (let n = 0; n < 3; n++) add("subscription", make.subscription(reader, customer, offer, at + n));
    return customer;
  });
  const pool = await makePool(make, { issuer, seller, sellerUser, offer }, items);
  for (const [table, rows] of Object.entries(pool.tables)) add(table, ...rows);
  for (const each of [environment, ...copies]) await fillReleasedSchema(each, tables);
  const sorted = listed
    .map(({ id, companyName }) => ({ id: String(id), companyNameKey: searchKey(String(companyName)) }))
    .sort((one, other) => (one.companyNameKey < other.companyNameKey ? -1 : 1));
  return {
    readerId: String(reader.id),
    customerIds: sorted.map(({ id }) => id),
    firstWords: FIRST,
    cursorAt: (share) =>
      cursorOf(sorted[Math.floor(sorted.length * share) - 1] ?? { id: "", companyNameKey: "" }),
    readerToken: await tokenOf(issuer, reader, readerUser),
    sellerToken: await tokenOf(issuer, seller, sellerUser),
    invited: [...pool.made],
    sold: [...pool.made],
  };
}
