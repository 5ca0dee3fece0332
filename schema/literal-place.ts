import { type Token, TokenKind, type ValueNode } from "graphql";

const OPENERS: readonly string[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L];
const CLOSERS: readonly string[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R];

/**
 * Where a literal stands in its document, for the message of a refusal:
 * `Argument "input" of "createApiKey" has an invalid value at "input.expiresAt"`, or the variable whose default value it is.
 * Holds names of the document and no values. Undefined for a literal that was not read from a text.
 */
export function placeOfLiteral(node: ValueNode): string | undefined {
  let path = "";
  for (let value = node.loc?.startToken; value;) {
    const before = tokenBefore(value);
    if (before?.kind === TokenKind.EQUALS)
      return `${defaultOf(before)} has an invalid default value${at(path)}`;
    const name = before?.kind === TokenKind.COLON ? tokenBefore(before) : undefined;
    const { opener, index } = openerBefore(name ?? value);
    if (!opener) return undefined;
    path = name ? `${name.value}${joined(path)}` : `[${index}]${joined(path)}`;
    if (opener.kind === TokenKind.PAREN_L) {
      const argument = `Argument "${name?.value}" of "${tokenBefore(opener)?.value}" has an invalid value`;
      return argument + (path === name?.value ? "" : at(path));
    }
    value = opener;
  }
  return undefined;
}

function at(path: string): string {
  return path === "" ? "" : ` at "${path}"`;
}

function joined(path: string): string {
  return path === "" || path.startsWith("[") ? path : `.${path}`;
}

function tokenBefore(token: Token): Token | undefined {
  let before = token.prev;
  while (before?.kind === TokenKind.COMMENT) before = before.prev;
  return before ?? undefined;
}

/** The bracket that a token stands within, and how many values are between, which is an index where it is a list. */
function openerBefore(token: Token): { opener?: Token; index: number } {
  let depth = 0;
  let index = 0;
  for (let before = tokenBefore(token); before; before = tokenBefore(before)) {
    const { kind } = before;
    if (CLOSERS.includes(kind)) depth++;
    else if (OPENERS.includes(kind) && depth === 0) return { opener: before, index };
    else if (OPENERS.includes(kind) && --depth === 0) index++;
    else if (depth === 0 && kind !== TokenKind.DOLLAR) index++;
  }
  return { index };
}

/** The variable before `=`, behind which its type stands. */
function defaultOf(equals: Token): string {
  let token: Token | undefined = equals;
  while (token && token.kind !== TokenKind.DOLLAR) token = tokenBefore(token);
  return `Variable "$${token?.next?.value ?? ""}"`;
}
