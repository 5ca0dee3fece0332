import { createHash } from "node:crypto";
import fc from "fast-check";
import { findToken, hashToken, linkOf, newToken } from "../../src/invitations/invitation-link";

const HOME = "https://partners.example";
const TOKEN = newToken();
const LINK = linkOf(HOME, TOKEN);
const HASH = hashToken(TOKEN);

const changedAt = (text: string, at: number) =>
  text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

describe("the secret of a link", () => {
  it("is 256 random bits, written in 43 characters that need no encoding", () => {
    const tokens = Array.from({ length: 500 }, newToken);
    expect(new Set(tokens).size).toBe(500);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token, "base64url")).toHaveLength(32);
    }
    // Every bit is random: over 500 tokens none stays the same.
    for (let bit = 0; bit < 256; bit++) {
      const values = tokens.map((token) => (Buffer.from(token, "base64url")[bit >> 3] >> (bit & 7)) & 1);
      expect(new Set(values).size).toBe(2);
    }
  });

  it("is stored as its SHA-256 only", () => {
    expect(hashToken(TOKEN)).toBe(createHash("sha256").update(TOKEN).digest("hex"));
  });

  it("stands in the fragment, which no browser sends to a server", () => {
    const url = new URL(LINK);
    expect(url.hash).toBe(`#${TOKEN}`);
    expect(`${url.origin}${url.pathname}${url.search}`).toBe(`${HOME}/invitation`);
  });
});

describe("the link of an invitation in a text", () => {
  const noMoreToken = fc.string().map((text) => (/^[\w-]/.test(text) ? ` ${text}` : text));

  it("is found wherever it stands, also after other links", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: 3 }), noMoreToken, (before, others, after) => {
        const otherLinks = Array.from({ length: others }, () => `${linkOf(HOME, newToken())} `).join("");
        expect(findToken(`${before} ${otherLinks}${LINK}${after}`, HOME, HASH)).toBe(TOKEN);
      }),
    );
  });

  it("is not found when any one character of it is changed or lost, or one is added to it", () => {
    for (let at = 0; at < LINK.length; at++) {
      expect(findToken(changedAt(LINK, at), HOME, HASH)).toBeUndefined();
      expect(findToken(LINK.slice(0, at) + LINK.slice(at + 1), HOME, HASH)).toBeUndefined();
    }
    for (const more of ["A", "0", "_", "-"]) {
      expect(findToken(LINK + more, HOME, HASH)).toBeUndefined();
    }
  });

  it("is found before a dot, a bracket, a quotation mark or a line's end", () => {
    for (const after of [".", ",", ")", ">", '"', "\n", "\r\n", " ", ""]) {
      expect(findToken(`<${LINK}${after}`, HOME, HASH)).toBe(TOKEN);
    }
  });

  it("is not the link of another invitation, of another server, or a text without one", () => {
    fc.assert(fc.property(fc.string(), (text) => findToken(text, HOME, HASH) === undefined));
    expect(findToken(linkOf(HOME, newToken()), HOME, HASH)).toBeUndefined();
    expect(findToken(linkOf("https://elsewhere.example", TOKEN), HOME, HASH)).toBeUndefined();
    expect(findToken(TOKEN, HOME, HASH)).toBeUndefined();
  });
});
