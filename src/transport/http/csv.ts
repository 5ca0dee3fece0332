/** The mark that tells spreadsheet programs that a file is UTF-8. */
export const BYTE_ORDER_MARK = "\u{FEFF}";

/** What a spreadsheet program may take for the beginning of a formula, full-width signs too, also after quotes and space. */
const FORMULA = /^[\s"'“”‘’]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * One line of a CSV file (RFC 4180), with its line end. Every field is in quotes, and one that a spreadsheet program would
 * take for a formula gets an apostrophe in front (OWASP, CSV injection); null is empty.
 */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

function csvField(value: string | number | null): string {
  if (value === null) return '""';
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}
