import type { IncomingMessage } from "node:http";
import { ConfigInvalid, loadConfig } from "../../src/config/config";
import { callerAddressBehind } from "../../src/transport/http/caller-address";
import { Origins } from "../../src/transport/http/origins";

/** What a configuration is refused for. */
function problemsOf(environment: Record<string, string>): string {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message;
  }
  return "";
}

describe("ALLOWED_ORIGINS", () => {
  it("is a list of origins as browsers write them, and empty by default", () => {
    const listed = " https://app.example, http://localhost:5173 ,, http://[::1]:3000";
    expect(loadConfig({ ALLOWED_ORIGINS: listed }).allowedOrigins).toEqual([
      "https://app.example",
      "http://localhost:5173",
      "http://[::1]:3000",
    ]);
    expect(loadConfig({}).allowedOrigins).toEqual([]);
  });

  it.each([
    "*",
    "https://app.example,*",
    "https://*.example",
    "null",
    "app.example",
    "https://app.example/",
    "https://app.example/path",
    "https://app.example:443",
    "HTTPS://app.example",
    "https://App.example",
    "https://user@app.example",
    "file:///home",
    "javascript:alert(1)",
  ])("stops the start where it is %s", (listed) => {
    expect(problemsOf({ ALLOWED_ORIGINS: listed })).toMatch(/^ALLOWED_ORIGINS must list web origins/);
  });
});

describe("TRUSTED_PROXIES", () => {
  it("is a list of addresses and networks, and empty by default", () => {
    const listed = "10.0.0.0/8, 192.0.2.1,2001:db8::/32 , ::1";
    expect(loadConfig({ TRUSTED_PROXIES: listed }).trustedProxies).toEqual([
      "10.0.0.0/8",
      "192.0.2.1",
      "2001:db8::/32",
      "::1",
    ]);
    expect(loadConfig({}).trustedProxies).toEqual([]);
  });

  it.each([
    "*",
    "true",
    "1",
    "loopback",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0",
    "a.example",
  ])("stops the start where it is %s", (listed) => {
    expect(problemsOf({ TRUSTED_PROXIES: listed })).toMatch(/^TRUSTED_PROXIES must list addresses/);
  });
});

const cameFrom = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) as unknown as IncomingMessage;

describe("a caller's address", () => {
  const addressOf = callerAddressBehind(["10.0.0.0/8", "2001:db8::/32"]);

  it.each([
    ["the socket's, where no proxy stands before us", "192.0.2.7", undefined, "192.0.2.7"],
    ["the socket's, whatever a caller says of itself", "192.0.2.7", "198.51.100.1", "192.0.2.7"],
    ["what a trusted proxy says", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["what a trusted proxy says over IPv6", "2001:db8::1", "198.51.100.1", "198.51.100.1"],
    ["what a trusted proxy says over mapped IPv4", "::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"],
    [
      "the last one that no trusted proxy has",
      "10.0.0.1",
      "203.0.113.9, 198.51.100.1, 10.2.3.4",
      "198.51.100.1",
    ],
    ["nothing, where the socket has gone", undefined, "198.51.100.1", ""],
  ])("is %s", (_what, socket, forwarded, address) => {
    expect(addressOf(cameFrom(socket, forwarded))).toBe(address);
  });

  it("is the socket's where no proxy is trusted", () => {
    expect(callerAddressBehind([])(cameFrom("127.0.0.1", "198.51.100.1"))).toBe("127.0.0.1");
  });
});

describe("the origins that are let in", () => {
  it("are PUBLIC_URL's own, whatever its path and usual port, and the listed ones", () => {
    const config = {
      publicUrl: "https://partners.example:443/centre",
      allowedOrigins: ["https://app.example"],
    };
    const origins = new Origins({ ...config, production: true });
    expect(origins.list).toEqual(["https://partners.example", "https://app.example"]);
    const open = (origin: string, host: string) => () => origins.ensureSocketAllowed({ origin, host });
    expect(open("https://partners.example", "elsewhere.example")).not.toThrow();
    expect(open("https://elsewhere.example", "elsewhere.example")).toThrow("ALLOWED_ORIGINS");
    expect(open("http://localhost:4000", "localhost:4000")).toThrow("ALLOWED_ORIGINS");
  });

  it("are also those of this machine in development, reached under a name that nobody else can have", () => {
    const origins = new Origins({
      publicUrl: "http://localhost:4000",
      allowedOrigins: ["http://my-laptop.example:4000"],
      production: false,
    });
    const open = (origin: string | undefined, host: string) => () =>
      origins.ensureSocketAllowed({ origin, host });
    for (const origin of ["http://localhost:5173", "http://127.0.0.1", "http://[::1]:1", undefined])
      expect(open(origin, "localhost:4000")).not.toThrow();
    expect(open("http://my-laptop.example:4000", "My-Laptop.example:4000")).not.toThrow();
    for (const origin of [
      "https://localhost",
      "http://localhost.example",
      "http://rebound.example:4000",
      "null",
    ])
      expect(open(origin, "localhost:4000")).toThrow("ALLOWED_ORIGINS");
    for (const host of ["rebound.example:4000", "localhost.example", "127.0.0.1.example:4000", ""])
      expect(() => origins.ensureHostAllowed(host)).toThrow("PUBLIC_URL");
    for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:4000", "[::1]:4000", "my-laptop.example:4000"])
      expect(() => origins.ensureHostAllowed(host)).not.toThrow();
  });
});
