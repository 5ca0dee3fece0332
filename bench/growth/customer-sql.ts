import { Customer } from "../../entities/customers/customer";
import type { Identified } from "../../src/values/ids";
import { FIRST, SECOND } from "../requests/words";
import type { Markers } from "./insert-sequence";

/** The only customer whose name begins so. */
export const RARE_NAME = "Zephyr Zoo";

/** One of so many customers came by an invitation. */
export const INVITED = 5;

/** The id of the `n`th row of a kind: a UUIDv7 whose time grows with `n`, in the letters of a TypeID. */
export function idSql({ ids }: Identified, n: string): string {
  return `CONCAT('${ids.prefix}_01k9', LPAD(LOWER(HEX(${n})), 6, '0'), 'e008', LEFT(MD5(${n}), 12))`;
}

/** SQL for what tells the customer with number `c` from the others, out of so many. */
export function customerMarkers(customers: number): Markers {
  const [first, second] = [FIRST.length, SECOND.length];
  const usual = `CONCAT(${oneOf(FIRST, `c MOD ${first}`)}, ' ', ${oneOf(SECOND, `c DIV ${first} MOD ${second}`)},
    IF(c < ${first * second}, '', CONCAT(' ', c DIV ${first * second})))`;
  const name = `IF(c = ${customers - 1}, '${RARE_NAME}', ${usual})`;
  const uuid = [8, 13, 18, 23].reduce((text, at) => `INSERT(${text}, ${at + 1}, 0, '-')`, "MD5(c)");
  return {
    "{customer}": idSql(Customer, "c"),
    "{tenant}": uuid,
    "{name}": name,
    "{key}": `LOWER(${name})`,
    "{domain}": `CONCAT(REPLACE(LOWER(${name}), ' ', '-'), '.example')`,
    "{since}": "DATE_FORMAT('2025-01-01' + INTERVAL c * 20 SECOND, '%Y-%m-%dT%H:%i:%s.000Z')",
  };
}

function oneOf(words: string[], at: string): string {
  const names = words.map((word) => `'${word.replace(/^./, (letter) => letter.toUpperCase())}'`);
  return `ELT(1 + (${at}), ${names.join(", ")})`;
}
