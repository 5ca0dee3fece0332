import { z } from "zod";
import { Cloud } from "../../entities/partners/partner";
import { readInputFile } from "./input-file";

/** An OpenID Connect issuer that an operator trusts, and how its tokens are read. */
export interface OidcSettings {
  /** The `iss` of its tokens; `{tenantid}` stands for the token's tenant, as in Microsoft Entra ID's addresses. */
  issuer: string;
  /** Any one of these must be among the token's `aud`. */
  audiences: string[];
  /** The only signature algorithms taken. */
  algorithms: string[];
  /** The cloud that its organizations live in. */
  cloud: Cloud;
  /** Which claims tell what. */
  claims: { tenant: string; subject: string; email: string; name: string; roles: string };
  /** The value among `claims.roles` that says: Global admin of its organization. */
  globalAdminRole: string;
}

/** The id by which Microsoft Entra ID names the Global Administrator role in a token's `wids` claim. */
export const ENTRA_GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10";

/** Asymmetric ones only: with a shared secret whoever can check a token can make one. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

const words = z
  .union([z.string().transform((text) => text.split(",")), z.array(z.string())])
  .transform((list) => list.map((word) => word.trim()).filter((word) => word !== ""))
  .refine((list) => list.length > 0, "must name at least one");

const claimName = (usual: string) => z.string().min(1, "must name a claim").default(usual);

/** The tenant may stand in the path only: nobody's tenant decides which host is asked for keys. */
const ISSUER_ADDRESS = /^https?:\/\/[^\s/?#@{}\\]+(\/([^\s?#{}\\]|\{tenantid\})*)?$/;

const address = z
  .string("must be the issuer's address")
  .refine(
    (text) => ISSUER_ADDRESS.test(text) && URL.canParse(text.replaceAll("{tenantid}", "tenant")),
    "must be the issuer's https:// address, as in its tokens' iss; only {tenantid} may stand for something",
  );

const one = z.strictObject({
  issuer: address,
  audience: words.refine((list) => !list.includes("*"), "must name this server, not *"),
  algorithms: words
    .pipe(z.array(z.enum(ALGORITHMS, `must be among ${ALGORITHMS.join(", ")}`)))
    .default(["RS256", "PS256", "ES256", "EdDSA"]),
  cloud: z.enum(Cloud, `must be one of ${Object.values(Cloud).join(", ")}`).default(Cloud.PUBLIC),
  tenantClaim: claimName("tid"),
  subjectClaim: claimName("sub"),
  emailClaim: claimName("email"),
  nameClaim: claimName("name"),
  rolesClaim: claimName("wids"),
  globalAdminRole: z.string().min(1).default(ENTRA_GLOBAL_ADMINISTRATOR),
});

/** The variables of the one issuer that needs no file, by the name that the file uses. */
const VARIABLES: Record<keyof z.input<typeof one>, string> = {
  issuer: "OIDC_ISSUER",
  audience: "OIDC_AUDIENCE",
  algorithms: "OIDC_ALGORITHMS",
  cloud: "OIDC_CLOUD",
  tenantClaim: "OIDC_TENANT_CLAIM",
  subjectClaim: "OIDC_SUBJECT_CLAIM",
  emailClaim: "OIDC_EMAIL_CLAIM",
  nameClaim: "OIDC_NAME_CLAIM",
  rolesClaim: "OIDC_ROLES_CLAIM",
  globalAdminRole: "OIDC_GLOBAL_ADMIN_ROLE",
};

/** The names of all variables about issuers. */
export const oidcVariables: readonly string[] = [...Object.values(VARIABLES), "OIDC_ISSUERS_FILE"];

/** Issuers read from the environment and from OIDC_ISSUERS_FILE, or what is wrong with them. */
export interface OidcFound {
  issuers: OidcSettings[];
  problems: string[];
}

/** Reads every trusted issuer: the one of OIDC_ISSUER and its sisters, and those of the file, one per cloud. */
export function readOidcSettings(
  variables: Record<string, string | undefined>,
  production: boolean,
): OidcFound {
  const found: Found = { issuers: [], named: [], problems: [] };
  const given = Object.entries(VARIABLES).filter(([, variable]) => variables[variable]);
  if (given.length > 0) {
    const raw = Object.fromEntries(given.map(([key, variable]) => [key, variables[variable]]));
    add(found, raw, (key) => VARIABLES[key as keyof typeof VARIABLES] ?? key);
  }
  if (variables.OIDC_ISSUERS_FILE) addFile(found, variables.OIDC_ISSUERS_FILE);
  const { issuers, named, problems } = found;
  return { issuers, problems: [...problems, ...together(named, production)] };
}

/** With the name by which the operator knows each issuer's address. */
interface Found extends OidcFound {
  named: { settings: OidcSettings; name: string }[];
}

function addFile(found: Found, file: string): void {
  let listed: unknown;
  try {
    listed = JSON.parse(readInputFile(file));
  } catch (error) {
    found.problems.push(`OIDC_ISSUERS_FILE ${file} cannot be read: ${(error as Error).message}`);
    return;
  }
  if (!Array.isArray(listed)) {
    found.problems.push("OIDC_ISSUERS_FILE must hold a list of issuers");
    return;
  }
  for (const [at, raw] of listed.entries())
    add(found, raw, (key) => `OIDC_ISSUERS_FILE[${at}]${key && `.${key}`}`);
}

function add(found: Found, raw: unknown, nameOf: (key: string) => string): void {
  const parsed = one.safeParse(raw);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const missing =
        path.length === 1 && (raw as Record<string, unknown> | null)?.[String(path[0])] === undefined;
      found.problems.push(
        `${nameOf(String(path[0] ?? ""))} ${missing ? "is required for an issuer" : message}`,
      );
    }
    return;
  }
  const { issuer, audience, algorithms, cloud, globalAdminRole, ...claims } = parsed.data;
  const {
    tenantClaim: tenant,
    subjectClaim: subject,
    emailClaim: email,
    nameClaim: name,
    rolesClaim: roles,
  } = claims;
  const readAs = { tenant, subject, email, name, roles };
  const settings = { issuer, audiences: audience, algorithms, cloud, claims: readAs, globalAdminRole };
  found.issuers.push(settings);
  found.named.push({ settings, name: nameOf("issuer") });
}

/** Two issuers of one cloud could each make tokens for the other's tenants. */
function together(named: Found["named"], production: boolean): string[] {
  const problems: string[] = [];
  for (const [at, { settings, name }] of named.entries()) {
    const before = named.slice(0, at);
    const { cloud, issuer } = settings;
    const rival = before.find((other) => other.settings.cloud === cloud);
    if (rival) problems.push(`${name} is a second issuer for the cloud ${cloud}, which has ${rival.name}`);
    const twin = before.find((other) => other !== rival && other.settings.issuer === issuer);
    if (twin) problems.push(`${name} is the same as ${twin.name}: an issuer speaks for one cloud`);
    if (production && !issuer.startsWith("https://"))
      problems.push(`${name} must start with https:// in production`);
  }
  return problems;
}
