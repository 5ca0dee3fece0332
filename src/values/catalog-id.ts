/**
 * Gives the one spelling of a publisher's id of an offer: no whitespace around it, ASCII letters in upper case. Other characters
 * stay as they are, so that none becomes part of another offer's id. Any text is allowed.
 */
export function normalizeCatalogId(catalogId: string): string {
  return catalogId.trim().replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
