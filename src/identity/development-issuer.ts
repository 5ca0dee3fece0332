import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { importPKCS8, importSPKI, SignJWT } from "jose";
import { Cloud } from "../../entities/partners/partner";
import { ENTRA_GLOBAL_ADMINISTRATOR } from "../config/oidc-settings";
import { keepPrivateFile, makePrivateFolder } from "../config/private-files";
import { FileRefused } from "../errors/file-refused";
import type { TrustedIssuer } from "./token-issuers";

/** Whom a development token is for. */
export interface TokenSubject {
  tenantId: string;
  subject: string;
  email: string;
  displayName: string;
  isGlobalAdmin: boolean;
}

/** Signs tokens for the demo's people, and is itself a trusted issuer. Never in production. */
export interface DevelopmentIssuer extends TrustedIssuer {
  /** A token for a person, good for a number of seconds. */
  sign(person: TokenSubject, lifetimeSeconds: number): Promise<string>;
}

const ISSUER = "urn:partnergraph:development";
const AUDIENCE = "partnergraph";
const ALGORITHM = "EdDSA";

/**
 * Opens the development issuer, whose key pair is kept in the data folder so that server and token command share it,
 * and tokens outlive a restart.
 * @throws FileRefused the data folder cannot be used, or the file of the key pair is damaged
 */
export async function openDevelopmentIssuer(dataDir: string): Promise<DevelopmentIssuer> {
  const { privateKey, publicKey } = await keyPairIn(dataDir);
  return {
    issuer: ISSUER,
    audiences: [AUDIENCE],
    algorithms: [ALGORITHM],
    cloud: Cloud.PUBLIC,
    claims: { tenant: "tid", subject: "sub", email: "email", name: "name", roles: "wids" },
    globalAdminRole: ENTRA_GLOBAL_ADMINISTRATOR,
    keys: () => Promise.resolve(publicKey),
    sign: ({ tenantId, subject, email, displayName, isGlobalAdmin }, lifetimeSeconds) =>
      new SignJWT({
        tid: tenantId,
        email,
        name: displayName,
        ...(isGlobalAdmin && { wids: [ENTRA_GLOBAL_ADMINISTRATOR] }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(privateKey),
  };
}

interface PemKeyPair {
  publicKey: string;
  privateKey: string;
}

type KeyPair = Record<keyof PemKeyPair, Awaited<ReturnType<typeof importSPKI>>>;

/** @throws FileRefused the file is there and holds no key pair */
async function keyPairIn(dataDir: string): Promise<KeyPair> {
  const file = join(dataDir, "development-issuer.json");
  makePrivateFolder(dataDir);
  const text = keepPrivateFile(file, () =>
    JSON.stringify(
      generateKeyPairSync("ed25519", {
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      }),
    ),
  );
  try {
    const pem = JSON.parse(text) as PemKeyPair;
    return {
      privateKey: await importPKCS8(pem.privateKey, ALGORITHM),
      publicKey: await importSPKI(pem.publicKey, ALGORITHM),
    };
  } catch {
    // The cause is not told: it may hold a part of the key.
  }
  throw new FileRefused(
    `The file ${file} is damaged: it holds no key pair. Remove it: the next start makes another one, and tokens that were signed until then end.`,
  );
}
