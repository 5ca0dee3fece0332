const ORDER = "customer COMPANY_NAME ASC";

/** Where a customer stands in the list by name, written as our server writes it: answers are compared to the byte. */
export function cursorOf({ companyNameKey, id }: { companyNameKey: string; id: string }): string {
  return Buffer.from(JSON.stringify([ORDER, companyNameKey, id])).toString("base64url");
}

/** The customer that a cursor stands for. */
export function placeOf(cursor: string): { companyNameKey: string; id: string } {
  const [, companyNameKey = "", id = ""] = JSON.parse(
    Buffer.from(cursor, "base64url").toString(),
  ) as string[];
  return { companyNameKey, id };
}

/** Where a row stands in a list in the order of ids, of this name. */
export function idCursorOf(list: string, id: string): string {
  return Buffer.from(JSON.stringify([list, id, id])).toString("base64url");
}
