/** The longest tenant id, in UTF-16 code units; its column holds as many characters. */
export const MAX_TENANT_ID_LENGTH = 64;

const GUID = /^(\{?)([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(\}?)$/i;
/** Five groups of hexadecimal digits mean to be a GUID. */
const ALMOST_GUID = /^\{?[\da-f]+(?:-[\da-f]+){4}\}?$/i;
const OTHER = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/**
 * Gives the one spelling under which a tenant id is stored and compared: no whitespace around it, and a GUID in lower case
 * without braces, since GUIDs that differ in these only are one (RFC 9562, section 4). The id of an issuer that uses no GUIDs
 * stays as it is, because such ids may differ in letter case. Any text is allowed; normalising twice changes nothing.
 */
export function normalizeTenantId(tenantId: string): string {
  if (tenantId.length > 2 * MAX_TENANT_ID_LENGTH) return tenantId;
  const text = tenantId.trim();
  const [, open, guid, close] = GUID.exec(text) ?? [];
  return guid !== undefined && (open === "{") === (close === "}") ? guid.toLowerCase() : text;
}

/**
 * Says in one sentence why a text is not usable as a tenant id, and what would be; undefined when it is usable. Usable are a
 * GUID, in any letter case and with or without braces, and any other text of 1 to 64 letters, digits, signs and inner spaces;
 * one that nearly is a GUID is refused.
 */
export function tenantIdProblem(tenantId: string): string | undefined {
  const id = normalizeTenantId(tenantId);
  if (id === "" || id.length > MAX_TENANT_ID_LENGTH) {
    return `A tenant id has 1 to ${MAX_TENANT_ID_LENGTH} characters; give the one that the identity provider shows.`;
  }
  if (!OTHER.test(id) || id.includes("\uFFFD")) {
    return "A tenant id is one line of letters, digits and signs without invisible characters; copy it again.";
  }
  if (ALMOST_GUID.test(id) && !GUID.test(id)) {
    return "This tenant id is nearly a GUID; one has 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between them.";
  }
  if (/^\{|\}$/.test(id)) {
    return "A tenant id in braces is a GUID; take the braces away, or copy it again.";
  }
  return undefined;
}
