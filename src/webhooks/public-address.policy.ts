import { IPv4, IPv6 } from "ipaddr.js";

/**
 * Addresses that are global by their number and inside by what answers there: Azure's platform address, by which every
 * virtual machine reaches its host.
 */
const INSIDE_THOUGH_GLOBAL = new Set(["168.63.129.16"]);

/** The only block from which global unicast addresses are given out (RFC 4291, IANA). */
const GIVEN_OUT_BITS = 3;
const GIVEN_OUT = IPv6.parse("2000::");

/** The interface part that says an IPv4 address follows (ISATAP, RFC 5214), with and without the universal bit. */
const ISATAP = [0x0000, 0x0200];

/**
 * Whether an IP address, written in the usual way, belongs to a host on the public internet: global unicast only.
 * Everything else is refused: loopback, private, link-local (and with it cloud metadata), shared (CGNAT), multicast,
 * reserved, documentation and benchmark ranges, and every IPv6 form that holds an IPv4 address (mapped, compatible,
 * NAT64, 6to4, Teredo, ISATAP). What is no address in the usual form, one with a zone for instance, is refused too.
 */
export function isPublicAddress(text: string): boolean {
  if (IPv4.isValidFourPartDecimal(text)) {
    return IPv4.parse(text).range() === "unicast" && !INSIDE_THOUGH_GLOBAL.has(text);
  }
  if (!/^[0-9a-f:.]+$/i.test(text) || !IPv6.isValid(text)) return false;
  const address = IPv6.parse(text);
  const [, , , , fifth = 0, sixth] = address.parts;
  const holdsIpv4 = sixth === 0x5efe && ISATAP.includes(fifth);
  return address.match(GIVEN_OUT, GIVEN_OUT_BITS) && address.range() === "unicast" && !holdsIpv4;
}
