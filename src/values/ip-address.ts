import { IPv4, IPv6 } from "ipaddr.js";

/** The prefix under which a translator writes IPv4 addresses as IPv6 ones (NAT64, RFC 6052, section 2.1). */
const NAT64 = IPv6.parse("64:ff9b::");
const NAT64_BITS = 96;

/** UTF-16 code units of what is no address, and is only compared. */
const MAX_UNKNOWN_LENGTH = 64;

/** What proxies may write around an address: brackets, and the port of the connection. */
const WITH_PORT = /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d+\.\d+\.\d+\.\d+):\d{1,5})$/;

/**
 * Reads an IP address in any of its spellings, with or without a port, as the one address that it names: IPv4 also where it is
 * written as IPv6 (`::ffff:10.0.0.1`, `::ffff:a00:1`, `64:ff9b::a00:1`), and without the zone of an interface (RFC 4007).
 * Undefined for every other text, among them IPv4 addresses with octal or hexadecimal numbers.
 */
export function readIpAddress(text: string): IPv4 | IPv6 | undefined {
  const [, inBrackets, beforePort] = WITH_PORT.exec(text) ?? [];
  const bare = inBrackets ?? beforePort ?? text;
  if (IPv4.isValidFourPartDecimal(bare)) return IPv4.parse(bare);
  const [withoutZone = ""] = bare.split("%");
  if (!IPv6.isValid(withoutZone)) return undefined;
  const address = IPv6.parse(withoutZone);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(NAT64, NAT64_BITS) ? new IPv4(address.toByteArray().slice(-4)) : address;
}

/**
 * The network that counts as one caller, in one spelling: an IPv4 address by itself, and of an IPv6 address the first 64 bits,
 * because one customer of a provider has all that follow. What is no address stands for itself, cut to 64 characters.
 */
export function networkOf(text: string): string {
  const address = readIpAddress(text);
  if (!address) return text.toLowerCase().slice(0, MAX_UNKNOWN_LENGTH);
  if (address instanceof IPv4) return address.toString();
  return address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}

/** Whether an address, in any spelling, is in one of these networks: addresses, or CIDR ranges such as `10.0.0.0/8`. */
export function isInNetworks(networks: readonly string[]): (text: string) => boolean {
  const known = networks.map(readNetwork);
  return (text) => {
    const address = readIpAddress(text);
    return (
      address !== undefined &&
      known.some(({ base, bits }) => base.kind() === address.kind() && address.match(base, bits))
    );
  };
}

function readNetwork(text: string): { base: IPv4 | IPv6; bits: number } {
  const [address = "", written] = text.split("/");
  const base = readIpAddress(address);
  if (!base) throw new Error(`${text} is no network.`);
  const most = base instanceof IPv4 ? IPV4_BITS : IPV6_BITS;
  if (written === undefined) return { base, bits: most };
  // Of an IPv4 address that was written as an IPv6 one, the bits before it are not its own.
  const before = address.includes(":") && base instanceof IPv4 ? IPV6_BITS - IPV4_BITS : 0;
  return { base, bits: Math.max(0, Number(written) - before) };
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;
