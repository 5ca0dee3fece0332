import { isOfPartner, type MemberActor } from "../access/actor";
import type { PermissionMatrix } from "../access/permission-matrix";
import { allPermissions, type Permission } from "../access/permissions";

/** What can be said back: two to four words of letters. A secret has digits, is longer, or is one word. */
const NAME_SHAPE = /^[A-Za-z]{1,24}(?:[._:-][A-Za-z]{1,24}){1,3}$/;

/** What the giver can put into an API key, in the table's order: what it may use itself and a key may have. */
export function permissionsToGive(giver: MemberActor, matrix: PermissionMatrix): Permission[] {
  const most = mostOfKeys(giver, matrix);
  return allPermissions.filter((permission) => most.has(permission) && giver.permissions.has(permission));
}

/**
 * What a key may use now that the giver may not, in the table's order: with the key's secret the giver would have it too. What the
 * organization's keys may no longer have is not counted, since the key cannot use it.
 */
export function permissionsBeyond(
  giver: MemberActor,
  matrix: PermissionMatrix,
  ofKey: readonly string[],
): Permission[] {
  const most = mostOfKeys(giver, matrix);
  return allPermissions.filter(
    (permission) => ofKey.includes(permission) && most.has(permission) && !giver.permissions.has(permission),
  );
}

/**
 * Why the giver cannot put a permission into an API key; nothing when it can.
 * @param at where it stands in the list, counted from 0
 */
export function notToGiveProblem(
  giver: MemberActor,
  matrix: PermissionMatrix,
  name: string,
  at: number,
): string | undefined {
  if (!isPermission(name)) return unknownPermission(name, at);
  const rule = matrix.ruleOf(name);
  if (rule.peopleOnly) return `${name} is for people only: no API key may have it.`;
  if (isOfPartner(giver) && rule.programmes && !rule.programmes.includes(giver.programmeRole)) {
    return `${name} takes a partner whose programme role is ${rule.programmes.join(" or ")}; yours is ${giver.programmeRole}.`;
  }
  if (!mostOfKeys(giver, matrix).has(name)) {
    return `${name} is nothing that ${isOfPartner(giver) ? "a partner" : "a customer"} may have here.`;
  }
  if (!giver.permissions.has(name)) return `${name} is not yours to give: your own roles do not have it.`;
  return undefined;
}

/** What is no permission's name may be anything, a secret too: then only its place is told. */
function unknownPermission(name: string, at: number): string {
  const told = NAME_SHAPE.test(name) ? ` (${name})` : "";
  const words = wordsOf(name);
  const meant =
    name.length > MAX_PERMISSION_LENGTH ? undefined : allPermissions.find((each) => wordsOf(each) === words);
  const hint = meant ? `Did you mean ${meant}?` : "Permissions are written like customer.read.";
  return `permissions[${at}]${told} is no permission. ${hint}`;
}

const MAX_PERMISSION_LENGTH = 64;

/** `CUSTOMER_READ`, `customers:read` and `read customer` are all meant as `customer.read`. */
function wordsOf(name: string): string {
  const words = name.toLowerCase().split(/[^a-z]+/);
  return words
    .filter((word) => word !== "")
    .map((word) => word.replace(/s$/, ""))
    .sort()
    .join(" ");
}

function mostOfKeys(giver: MemberActor, matrix: PermissionMatrix): ReadonlySet<Permission> {
  return matrix.mostOfKeys(
    isOfPartner(giver) ? { side: "PARTNER", programmeRole: giver.programmeRole } : { side: "CUSTOMER" },
  );
}

function isPermission(name: string): name is Permission {
  return (allPermissions as string[]).includes(name);
}
