import fc from "fast-check";
import {
  hashApiKeySecret,
  hashOfShownApiKey,
  isWellTypedApiKey,
  lastCharactersOf,
  looksLikeApiKey,
  makeApiKeySecret,
} from "../../src/identity/api-key-secret";

/** Made by hand: 43 zeroes, and the CRC-32 of what precedes it (zlib's, 0x591d3a26) in base 62. */
const OF_ZEROES = `pgk_${"0".repeat(43)}1dBEb0`;

describe("a new API key", () => {
  it("is pgk_ and 49 letters and digits, so that a scanner for lost secrets has an exact pattern", () => {
    for (let n = 0; n < 2_000; n++) expect(makeApiKeySecret()).toMatch(/^pgk_[0-9A-Za-z]{49}$/);
  });

  it("is well typed, and another one each time", () => {
    const made = Array.from({ length: 2_000 }, makeApiKeySecret);
    expect(made.every(isWellTypedApiKey)).toBe(true);
    expect(new Set(made).size).toBe(2_000);
  });

  it("holds 32 random bytes: every place of it varies as widely as it can", () => {
    const made = Array.from({ length: 4_000 }, () => makeApiKeySecret().slice(4, 47));
    for (let place = 0; place < 43; place++)
      expect(new Set(made.map((secret) => secret[place])).size).toBeGreaterThan(55);
  });
});

describe("the text of an API key", () => {
  it("is checked by CRC-32 in base 62, digits before capitals before small letters", () => {
    expect(isWellTypedApiKey(OF_ZEROES)).toBe(true);
    expect(isWellTypedApiKey(OF_ZEROES.replace("1dBEb0", "1dBEb1"))).toBe(false);
  });

  it("is mistyped when one character is another one, wherever it stands", () => {
    const secret = makeApiKeySecret();
    fc.assert(
      fc.property(fc.nat(48), fc.nat(61), (place, digit) => {
        const at = place + 4;
        const other = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[digit];
        const typed = secret.slice(0, at) + other + secret.slice(at + 1);
        return isWellTypedApiKey(typed) === (typed === secret);
      }),
    );
  });

  it("is mistyped when two neighbours changed places, or letters their case", () => {
    const secret = makeApiKeySecret();
    for (let at = 4; at < 52; at++) {
      const swapped = secret.slice(0, at) + secret[at + 1] + secret[at] + secret.slice(at + 2);
      if (swapped !== secret) expect(isWellTypedApiKey(swapped)).toBe(false);
    }
    expect(isWellTypedApiKey(secret.toLowerCase())).toBe(false);
  });

  it.each([
    ["", "nothing"],
    ["pgk_", "a prefix alone"],
    [OF_ZEROES.slice(0, -1), "one character less"],
    [`${OF_ZEROES}0`, "one character more"],
    [`${OF_ZEROES}\n`, "a line break more"],
    [` ${OF_ZEROES}`, "a space before"],
    [OF_ZEROES.replace("pgk_", "PGK_"), "another prefix"],
    [OF_ZEROES.replace("0", "-"), "a sign that is no digit"],
    [OF_ZEROES.replace("0", "٠"), "a digit of another script"],
  ])("%j is mistyped: it has %s", (text) => {
    expect(isWellTypedApiKey(text)).toBe(false);
    expect(() => hashOfShownApiKey(text)).toThrow(
      expect.objectContaining({ code: "API_KEY_INVALID", reason: "mistyped" }),
    );
  });

  it("is told from a token by its prefix, however badly it is typed", () => {
    expect(looksLikeApiKey("pgk_garbage")).toBe(true);
    expect(looksLikeApiKey("eyJhbGciOiJub25lIn0.e30.")).toBe(false);
  });

  it("is found by SHA-256 of the whole of it", () => {
    expect(hashOfShownApiKey(OF_ZEROES)).toBe(hashApiKeySecret(OF_ZEROES));
    expect(hashApiKeySecret("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("is told apart by its last four characters", () => {
    expect(lastCharactersOf(OF_ZEROES)).toBe("BEb0");
  });
});
