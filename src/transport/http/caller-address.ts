import type { IncomingMessage } from "node:http";
import proxyAddress from "@fastify/proxy-addr";
import { isInNetworks } from "../../values/ip-address";

/** Finds out from which address a request came, for requests that no framework has seen, such as an upgrade. */
export type CallerAddress = (request: IncomingMessage) => string;

/** Takes the word of the trusted proxies, each for the one before it, and of nobody else; just as fastify does. */
export function callerAddressBehind(trustedProxies: readonly string[]): CallerAddress {
  const isTrusted = isInNetworks(trustedProxies);
  return (request) => (request.socket.remoteAddress ? proxyAddress(request, isTrusted) : "");
}
