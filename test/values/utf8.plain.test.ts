import { decodeUtf8, hasLoneSurrogate, isDamaged, NotUtf8 } from "../../src/values/utf8";

it.each(["", "Kovács & Søn", "日本語 🧁", "a\u0000b", "\uFFFD"])(
  "%p is the text that its bytes say",
  (text) => {
    expect(decodeUtf8(Buffer.from(text))).toBe(text);
  },
);

it("a byte order mark is no part of the text", () => {
  expect(decodeUtf8(Buffer.from("\uFEFF{}"))).toBe("{}");
});

it.each<[string, Buffer, RegExp]>([
  ["Latin-1", Buffer.from("line one\nCafé", "latin1"), /0xE9 on line 2.*Latin-1.*UTF-8/],
  ["Latin-1 after a real U+FFFD", Buffer.from([0xef, 0xbf, 0xbd, 0x0a, 0x0a, 0xfc]), /0xFC on line 3/],
  ["an overlong form", Buffer.from([0xc0, 0xaf]), /0xC0 on line 1/],
  ["half of a character", Buffer.from([0x61, 0xed, 0xa0, 0x80]), /0xED on line 1/],
  ["a character that is cut off", Buffer.from("🧁").subarray(0, 3), /0xF0 on line 1/],
  ["UTF-16 with its mark", Buffer.from("\uFEFFé", "utf16le"), /UTF-16, not UTF-8/],
])("%s is refused", (_what, bytes, message) => {
  expect(() => decodeUtf8(bytes)).toThrow(message);
  expect(() => decodeUtf8(bytes)).toThrow(NotUtf8);
});

it.each([
  ["plain", false, false],
  ["🧁", false, false],
  ["a\ud800", true, true],
  ["\udc00a", true, true],
  ["Caf\uFFFD", false, true],
])("%p: half of a character %p, damaged %p", (text, lone, damaged) => {
  expect(hasLoneSurrogate(text)).toBe(lone);
  expect(isDamaged(text)).toBe(damaged);
});
