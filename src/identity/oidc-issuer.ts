import type { JSONWebKeySet } from "jose";
import type { Logger } from "pino";
import type { OidcSettings } from "../config/oidc-settings";
import { decodeUtf8 } from "../values/utf8";
import { IssuerKeys } from "./issuer-keys";
import { issuerOfTenant, type TrustedIssuer } from "./token-issuers";

/** For discovery and keys together. */
const PATIENCE_MS = 5_000;
const MAX_ANSWER_BYTES = 512 * 1024;

/** The name under which Microsoft Entra ID tells the keys of all its organizations. */
const ANY_TENANT = "organizations";

/**
 * Makes an OpenID Connect issuer one whose tokens are believed. Its keys are asked for in the background at once, so
 * that an operator sees a wrong address in the log, and again when a token needs them; it may be away at the start.
 */
export function openOidcIssuer(settings: OidcSettings, log: Pick<Logger, "info" | "warn">): TrustedIssuer {
  const { issuer } = settings;
  const keys = new IssuerKeys({
    load: () => loadKeys(settings),
    onKnown: (jwks) => log.info({ issuer, keys: jwks.keys.length }, "the issuer's keys are known"),
    onTrouble: (error) =>
      log.warn(
        { issuer, reason: whyOf(error) },
        "the issuer's keys cannot be read; trying again when needed",
      ),
  });
  void keys.renew();
  return {
    ...settings,
    keySet: () => keys.current,
    keys: (header, tenantId) => {
      const tokenIssuer = issuerOfTenant(issuer, tenantId);
      return keys.find(header, (signsFor) => issuerOfTenant(signsFor, tenantId) === tokenIssuer);
    },
  };
}

/** OpenID Connect Discovery 1.0, sections 4.1 to 4.3. */
async function loadKeys({ issuer }: OidcSettings): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const base = issuerOfTenant(issuer, ANY_TENANT).replace(/\/$/, "");
  const document = await readJson(new URL(`${base}/.well-known/openid-configuration`), signal);
  if (document.issuer !== issuer)
    throw new Error(
      `its discovery document says that the issuer is ${String(document.issuer).slice(0, 200)}`,
    );
  const address = keyAddress(document.jwks_uri, new URL(base).protocol);
  return (await readJson(address, signal)) as unknown as JSONWebKeySet;
}

/** Keys that came over plain HTTP could be anybody's, unless the operator says so of the issuer itself. */
function keyAddress(said: unknown, issuersProtocol: string): URL {
  const address = typeof said === "string" && URL.canParse(said) ? new URL(said) : undefined;
  if (address?.protocol !== "https:" && address?.protocol !== issuersProtocol)
    throw new Error("its discovery document has no https:// address in jwks_uri");
  return address;
}

/** Follows no redirect: what is configured is what is asked. */
async function readJson(url: URL, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal, redirect: "manual", headers: { accept: "application/json" } });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`${url.href} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`${url.href} answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return parsed(Buffer.concat(chunks), url);
}

function parsed(bytes: Buffer, url: URL): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below, without what was answered.
  }
  throw new Error(`${url.href} did not answer with a JSON object in UTF-8`);
}

/** What `fetch` throws says only that it failed; its cause says why. */
function whyOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return [message, code, why].filter(Boolean).join(": ");
}
