import { isValid as isIpAddress } from "ipaddr.js";
import type { DomainError } from "../errors/domain-error";
import { generalErrors } from "../errors/general.errors";
import { hasLoneSurrogate } from "../values/utf8";
import { isPublicAddress } from "./public-address.policy";
import { webhookErrors } from "./webhook.errors";

/** Longest address that is stored. */
export const MAX_URL_LENGTH = 2_000;

/** The ports on which receivers may listen; the empty one is 443. */
const PORTS = ["", "443", "8443"];

/** Names that lead inside whatever a name server says, and names of networks that are not the internet. */
const INSIDE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion|test|invalid|in-addr\.arpa|ip6\.arpa)$/;

const NAME = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/;

/** A receiver's address as it may be called, or why it may not be. */
export type WebhookUrl = { url: URL } | { refusal: DomainError };

/**
 * Judges the text of a receiver's address without asking a name server: the form, and what can be known from the host
 * as it is written. With `allowInsecure` (development) plain http, any port and any host will do.
 */
export function readWebhookUrl(text: string, allowInsecure: boolean): WebhookUrl {
  const invalid = (problem: string) => ({ refusal: generalErrors.FIELD_INVALID(problem, { field: "url" }) });
  if (text.length > MAX_URL_LENGTH) return invalid(`url must have at most ${MAX_URL_LENGTH} characters.`);
  if (hasLoneSurrogate(text))
    return invalid("url holds half of a character (a lone surrogate); send the whole character.");
  // The parser would drop tabs and line breaks, and take a backslash for a slash.
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(text))
    return invalid("url must hold no space, control character or backslash.");
  if (!URL.canParse(text)) return invalid("url must be an address such as https://receiver.example/hooks.");
  const url = new URL(text);
  // Other characters than ASCII are percent-encoded, up to nine for one; this is what is stored.
  if (url.href.length > MAX_URL_LENGTH)
    return invalid(
      `url must have at most ${MAX_URL_LENGTH} characters when it is percent-encoded; it has ${url.href.length}.`,
    );
  if (url.protocol !== "https:" && !(allowInsecure && url.protocol === "http:")) {
    const message = "url must begin with https://.";
    return { refusal: webhookErrors.WEBHOOK_URL_NOT_HTTPS(message, { field: "url" }) };
  }
  if (url.username || url.password || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return invalid("url must hold no user name and password; the signature says who we are.");
  }
  if (url.hash || text.includes("#")) return invalid("url must have no part after #.");
  if (allowInsecure) return { url };
  if (!PORTS.includes(url.port)) return invalid("url must use port 443 or 8443.");
  return isPublicHost(url.hostname, text) ? { url } : { refusal: urlNotPublic(url.hostname) };
}

/** The refusal of a host that is not, or does not lead, to the public internet. It never tells where it leads. */
export function urlNotPublic(host: string): DomainError {
  return webhookErrors.WEBHOOK_URL_NOT_PUBLIC(
    `${host.slice(0, 260)} is not on the public internet. Give a receiver that anybody can reach.`,
    { field: "url" },
  );
}

/** The parser has made one form of every spelling: full-width digits, octal, hexadecimal and short addresses. */
function isPublicHost(hostname: string, text: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  if (hostname.startsWith("[") || isIpAddress(bare)) {
    // An address in disguise is nobody's honest receiver, wherever it leads.
    return text.toLowerCase().startsWith(`https://${hostname}`) && isPublicAddress(bare);
  }
  return NAME.test(hostname) && !INSIDE_NAMES.test(hostname);
}
