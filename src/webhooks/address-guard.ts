import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { buildConnector } from "undici";
import type { WebhookDependencies } from "../context/webhook-dependencies";
import { isPublicAddress } from "./public-address.policy";
import { readWebhookUrl, urlNotPublic } from "./webhook-url.policy";
import { webhookErrors } from "./webhook.errors";

/** Finds every address of a host name; none, or an error, when it leads nowhere. */
export type ResolveName = (hostname: string) => Promise<string[]>;

/** How receivers are reached. */
export interface AddressGuardOptions {
  /** Lets plain http, any port and any address pass. For development only. */
  allowInsecure: boolean;
  resolve?: ResolveName;
}

/** A connection was not even begun: the host leads nowhere, or to an address that is not public. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";

  constructor(readonly reason: "NAME_NOT_FOUND" | "ADDRESS_NOT_PUBLIC") {
    super(reason);
  }
}

const LOOKUP_MS = 3_000;
const MAX_LOOKUP_MS = 8_000;
const CONNECT_MS = 5_000;
const MAX_ADDRESSES = 4;
const CONNECTION = { timeout: CONNECT_MS, allowH2: false, maxCachedSessions: 0 };

/**
 * Stands between us and every receiver, so that nobody can make this server call into its own network. A host is looked
 * up once, each address found is judged, and the connection goes to an address that was judged: a name that changes its
 * answer between the look and the connection gains nothing. No redirect is followed and no proxy variable is read.
 */
export class AddressGuard {
  private readonly allowInsecure: boolean;
  private readonly resolve: ResolveName;
  private connectTo: buildConnector.connector | undefined;

  constructor({ allowInsecure, resolve }: AddressGuardOptions) {
    this.allowInsecure = allowInsecure;
    this.resolve = resolve ?? (allowInsecure ? bySystem : byNameServer);
  }

  /** Judges a receiver's address at registration, as it will be at every delivery. */
  checkUrl: WebhookDependencies["checkUrl"] = async (text) => {
    const read = readWebhookUrl(text, this.allowInsecure);
    if ("refusal" in read) return read;
    const { hostname, href } = read.url;
    try {
      await this.addressesOf(hostname);
      return { url: href };
    } catch (error) {
      if (!(error instanceof AddressRefused)) throw error;
      if (error.reason === "ADDRESS_NOT_PUBLIC") return { refusal: urlNotPublic(hostname) };
      const message = `${hostname.slice(0, 260)} leads nowhere. Check the name, or wait until it is published.`;
      return { refusal: webhookErrors.WEBHOOK_URL_UNRESOLVABLE(message, { field: "url" }) };
    }
  };

  /**
   * Every address that a host leads to, all of them judged.
   * @throws AddressRefused there is none, or one of them is not public
   */
  async addressesOf(hostname: string): Promise<string[]> {
    const bare = hostname.replace(/^\[(.*)\]$/, "$1");
    const found = isIP(bare) ? [bare] : await this.lookUp(bare);
    if (found.length === 0) throw new AddressRefused("NAME_NOT_FOUND");
    if (!this.allowInsecure && !found.every(isPublicAddress)) throw new AddressRefused("ADDRESS_NOT_PUBLIC");
    return found.slice(0, MAX_ADDRESSES);
  }

  /** Connects to a judged address of the host; over TLS the host's own name is what the certificate must bear. */
  readonly connect: buildConnector.connector = (options, callback) => {
    const connectTo = (this.connectTo ??= buildConnector(CONNECTION));
    const { hostname } = options;
    if (!this.allowInsecure && options.protocol !== "https:") {
      callback(new AddressRefused("ADDRESS_NOT_PUBLIC"), null);
      return;
    }
    const servername = isIP(hostname) ? undefined : hostname;
    const tryOne = ([address = "", ...others]: string[]) =>
      connectTo({ ...options, hostname: address, servername }, (...[error, socket]) => {
        if (error && others.length > 0) tryOne(others);
        else if (error) callback(error, null);
        else callback(null, socket);
      });
    this.addressesOf(hostname).then(tryOne, (error: unknown) => callback(error as Error, null));
  };

  private async lookUp(hostname: string): Promise<string[]> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<string[]>((resolve) => {
      timer = setTimeout(() => resolve([]), MAX_LOOKUP_MS);
    });
    try {
      return await Promise.race([this.resolve(hostname).catch(() => []), tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * Asks the name servers directly: a name that hangs would hold one of the few threads that look names up for the whole
 * process. The hosts file of this machine, which knows inside names, is not read.
 */
async function byNameServer(hostname: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: LOOKUP_MS, tries: 2 });
  const found = await Promise.all([
    resolver.resolve4(hostname).catch(() => []),
    resolver.resolve6(hostname).catch(() => []),
  ]);
  return found.flat();
}

/** Development names its receivers in the hosts file, or `localhost`. */
async function bySystem(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}
