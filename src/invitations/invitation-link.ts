import { createHash, randomBytes } from "node:crypto";

/** Stands in a stored draft where the link belongs: the link itself is a secret and is not stored. */
export const LINK_PLACEHOLDER = "{{link}}";

/** A new link's secret: 256 random bits, base64url, 43 characters. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a text has the shape of a link's secret. What has not is no link's, and needs no look into the database. */
export function isToken(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** What is stored of a token: its SHA-256, hexadecimal. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The personalized link. The token is in the fragment, which browsers send to no server and no log keeps. */
export function linkOf(publicUrl: string, token: string): string {
  return `${publicUrl}/invitation#${token}`;
}

/** Finds the token of a link in a text, given the hash that it must have; nothing when the link is not in it. */
export function findToken(text: string, publicUrl: string, tokenHash: string): string | undefined {
  const start = linkOf(publicUrl, "");
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    const token = /^[\w-]{43}(?![\w-])/.exec(text.slice(at + start.length))?.[0];
    if (token && hashToken(token) === tokenHash) return token;
  }
  return undefined;
}
