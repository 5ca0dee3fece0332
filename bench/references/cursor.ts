/** What a list of customers is ordered by. */
export type CustomerKey = "companyNameKey" | "domain";

const ORDERS = { companyNameKey: "customer COMPANY_NAME ASC", domain: "customer DOMAIN ASC" };

/** By domain where that is searched for, otherwise by name, as our server orders them. */
export function keyOfOrder(filter: { domainStartsWith?: string | null } | null | undefined): CustomerKey {
  return filter?.domainStartsWith ? "domain" : "companyNameKey";
}

/** Where a customer stands in the list by name, written as our server writes it: answers are compared to the byte. */
export function cursorOf({ companyNameKey, id }: { companyNameKey: string; id: string }): string {
  return cursorIn("companyNameKey", companyNameKey, id);
}

/** Where the first and the last of a page's customers stand in the list of that order. */
export function endsOf(nodes: ({ id: string } & Record<CustomerKey, string>)[], key: CustomerKey) {
  const [startCursor = null, endCursor = null] = [nodes[0], nodes[nodes.length - 1]].map((row) =>
    row ? cursorIn(key, row[key], row.id) : null,
  );
  return { startCursor, endCursor };
}

/** The customer that a cursor stands for: what it is ordered by, and its id. */
export function placeOf(cursor: string): { value: string; id: string } {
  const [, value = "", id = ""] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as string[];
  return { value, id };
}

function cursorIn(key: CustomerKey, value: string, id: string): string {
  return Buffer.from(JSON.stringify([ORDERS[key], value, id])).toString("base64url");
}

/** Where a row stands in a list in the order of ids, of this name. */
export function idCursorOf(list: string, id: string): string {
  return Buffer.from(JSON.stringify([list, id, id])).toString("base64url");
}
