import { isInNetworks, networkOf, readIpAddress } from "../../src/values/ip-address";

describe("an IP address is one address in all of its spellings", () => {
  it.each([
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "::FFFF:10.0.0.1",
    "::ffff:0a00:1",
    "::ffff:a00:0001",
    "0:0:0:0:0:ffff:a00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a00:1",
    "::ffff:10.0.0.1%eth0",
    "10.0.0.1:4711",
    "[::ffff:a00:1]:4711",
  ])("%s is 10.0.0.1", (text) => {
    expect(readIpAddress(text)?.toString()).toBe("10.0.0.1");
    expect(networkOf(text)).toBe("10.0.0.1");
    expect(isInNetworks(["10.0.0.0/8"])(text)).toBe(true);
    expect(isInNetworks(["10.0.0.2", "::/0"])(text)).toBe(false);
  });

  it.each(["2001:db8:0:1::5", "2001:0DB8:0000:0001:ffff::", "[2001:db8:0:1::5]:443", "2001:db8:0:1::5%2"])(
    "%s is of the network 2001:db8:0:1",
    (text) => expect(networkOf(text)).toBe("2001:db8:0:1"),
  );

  it.each([
    ["::1", "0:0:0:0"],
    ["2001:db8::", "2001:db8:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
  ])("%s is of the network %s", (text, network) => expect(networkOf(text)).toBe(network));

  it.each([
    "",
    "localhost",
    "10.1",
    "010.0.0.1",
    "0x7f.0.0.1",
    "2130706433",
    "10.0.0.1/8",
    "1.2.3.4:x",
    "::g",
  ])("%p is no address, and trusted nowhere", (text) => {
    expect(readIpAddress(text)).toBeUndefined();
    expect(isInNetworks(["0.0.0.0/0", "::/0"])(text)).toBe(false);
  });

  it("what is no address stands for itself, and is short", () => {
    expect(networkOf("Unknown")).toBe("unknown");
    expect(networkOf("x".repeat(16_000))).toHaveLength(64);
  });

  it.each([
    ["::ffff:10.0.0.0/104", "10.255.255.255", "11.0.0.0"],
    ["64:ff9b::192.0.2.0/120", "192.0.2.255", "192.0.3.0"],
    ["192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"],
    ["2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"],
    ["::1", "::1", "::2"],
  ])("the network %s has %s and not %s", (network, inside, outside) => {
    expect(isInNetworks([network])(inside)).toBe(true);
    expect(isInNetworks([network])(outside)).toBe(false);
  });
});
