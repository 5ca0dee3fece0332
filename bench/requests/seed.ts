import { randomBytes } from "node:crypto";
import { openDatabase } from "../../src/database/open-database";
import { searchKey } from "../../src/database/search-key";
import { type DevelopmentIssuer, openDevelopmentIssuer } from "../../src/identity";
import { cursorOf } from "../references/cursor";
import type { Ground } from "../ground";
import { insertRows, type StoredRow } from "./insert-rows";
import { rowMaker } from "./seed-rows";

/** What one call of each mutation uses up. */
export interface Item {
  /** Of the invitation's link. */
  token: string;
  /** Of the customer's user, who accepts. */
  userToken: string;
  subscriptionId: string;
}

/** Who and what the database was filled with. */
export interface Supply {
  readerId: string;
  customerIds: string[];
  firstWords: string[];
  /** The place in the list by name after so many customers. */
  cursorAfter(count: number): string;
  readerToken: string;
  sellerToken: string;
  /** Invitations that nobody accepted yet. */
  invited: Item[];
  /** Subscriptions that are active. */
  sold: Item[];
}

/** How many customers the list has, whatever a run is asked for: 40 first words times 50 second ones. */
export const CUSTOMERS = 2_000;

const FIRST =
  `amber aspen birch bison cedar cobalt coral crane delta ember falcon fern garnet glacier harbor hazel heron
  indigo iris jasper juniper lantern linden maple marble meadow nickel nimbus ocean orchid otter pebble pine quartz raven
  river saffron sierra tundra willow`.split(/\s+/);
const SECOND =
  `academy airport archive audio bakery bank books brewery bridge cabinets cafe cargo ceramics cinema clinic
  coffee cycles dairy dental design energy events farms finance foods forest freight gallery gardens glass hotels insurance
  kitchens labs legal lighting logistics marine media motors music optics paper pharmacy press rail schools shipping steel
  textiles`.split(/\s+/);

const TOKEN_SECONDS = 3_600;

/**
 * Fills an empty database: a direct-bill partner with 2,000 customers and 6,000 subscriptions, whose user reads; and a
 * second one that the mutations belong to, with so many customers, invitations and subscriptions to use up, so that the
 * lists that are read stay as they are.
 */
export async function seed(ground: Ground, items: number): Promise<Supply> {
  const issuer = await openDevelopmentIssuer(ground.folder);
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
    organization_head: [make.head(reader), make.head(seller)],
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
    add("organization_head", make.head(customer));
    add("reseller_relationship", make.relationship(reader, customer, at));
    for (let n = 0; n < 3; n++) add("subscription", make.subscription(reader, customer, offer, at + n));
    return customer;
  });
  const made: Item[] = [];
  for (let at = 0; at < items; at++) {
    const customer = make.customer(`Pool Customer ${at}`);
    const user = make.customerUser(customer);
    const token = randomBytes(32).toString("base64url");
    const subscription = make.subscription(seller, customer, offer, at);
    add("customer", customer);
    add("organization_head", make.head(customer));
    add("user_account", user);
    add("invitation", make.invitation(seller, sellerUser, customer, token));
    add("subscription", subscription);
    const userToken = await tokenOf(issuer, customer, user);
    made.push({ token, userToken, subscriptionId: String(subscription.id) });
  }
  await store(ground, tables);
  const sorted = listed
    .map(({ id, companyName }) => ({ id: String(id), companyNameKey: searchKey(String(companyName)) }))
    .sort((one, other) => (one.companyNameKey < other.companyNameKey ? -1 : 1));
  return {
    readerId: String(reader.id),
    customerIds: sorted.map(({ id }) => id),
    firstWords: FIRST,
    cursorAfter: (count) => cursorOf(sorted[count - 1] ?? { id: "", companyNameKey: "" }),
    readerToken: await tokenOf(issuer, reader, readerUser),
    sellerToken: await tokenOf(issuer, seller, sellerUser),
    invited: [...made],
    sold: [...made],
  };
}

async function store(ground: Ground, tables: Record<string, StoredRow[]>): Promise<void> {
  const database = await openDatabase(ground.address, { onProgress: () => undefined });
  await database.transact(async (connection) => {
    for (const [table, rows] of Object.entries(tables)) await insertRows(connection, table, rows);
  });
  if (ground.kind === "mariadb") {
    const names = Object.keys(tables).join(", ");
    await database.read((reads) => reads.rows(`ANALYZE TABLE ${names}`));
  }
  await database.close();
}

function tokenOf(issuer: DevelopmentIssuer, organization: StoredRow, user: StoredRow): Promise<string> {
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
