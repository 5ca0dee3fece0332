import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/config";
import { problemsOf } from "./problems-of";

const ISSUER = "https://issuer.example";
const AUDIENCE = "partners-api";
const MINIMAL = { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: AUDIENCE };
const PRODUCTION = { NODE_ENV: "production", PUBLIC_URL: "https://partners.example" };

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "partnergraph-oidc-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** An environment whose issuers are listed in a file. */
function listed(content: unknown): { OIDC_ISSUERS_FILE: string } {
  const file = join(folder, "issuers.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return { OIDC_ISSUERS_FILE: file };
}

describe("an OpenID Connect issuer in the environment", () => {
  it("needs an address and an audience, and the rest is as most issuers have it", () => {
    expect(loadConfig(MINIMAL).issuers).toEqual([
      {
        issuer: ISSUER,
        audiences: [AUDIENCE],
        algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
        cloud: "PUBLIC",
        claims: { tenant: "tid", subject: "sub", email: "email", name: "name", roles: "wids" },
        globalAdminRole: "62e90394-69f5-4237-9190-012177145e10",
      },
    ]);
  });

  it("may say everything else too", () => {
    const said = {
      OIDC_ISSUER: "https://login.example/{tenantid}/v2.0",
      OIDC_AUDIENCE: "one, two,",
      OIDC_ALGORITHMS: "RS256,ES384",
      OIDC_CLOUD: "CHINA",
      OIDC_TENANT_CLAIM: "org",
      OIDC_SUBJECT_CLAIM: "oid",
      OIDC_EMAIL_CLAIM: "mail",
      OIDC_NAME_CLAIM: "full_name",
      OIDC_ROLES_CLAIM: "roles",
      OIDC_GLOBAL_ADMIN_ROLE: "owner",
    };
    expect(loadConfig(said).issuers).toEqual([
      {
        issuer: "https://login.example/{tenantid}/v2.0",
        audiences: ["one", "two"],
        algorithms: ["RS256", "ES384"],
        cloud: "CHINA",
        claims: { tenant: "org", subject: "oid", email: "mail", name: "full_name", roles: "roles" },
        globalAdminRole: "owner",
      },
    ]);
  });

  it("turns the development issuer off, unless that is asked for", () => {
    expect(loadConfig({}).developmentIssuer).toBe(true);
    expect(loadConfig(MINIMAL).developmentIssuer).toBe(false);
    expect(loadConfig({ ...MINIMAL, DEVELOPMENT_ISSUER: "on" }).developmentIssuer).toBe(true);
    expect(loadConfig(listed([{ issuer: ISSUER, audience: AUDIENCE }])).developmentIssuer).toBe(false);
  });

  it("may speak plain HTTP on a developer's machine, and not in production", () => {
    const plain = { ...MINIMAL, OIDC_ISSUER: "http://127.0.0.1:9000" };
    expect(problemsOf(plain)).toEqual([]);
    expect(problemsOf({ ...PRODUCTION, ...plain })).toEqual([
      "OIDC_ISSUER must start with https:// in production",
    ]);
    expect(problemsOf({ ...PRODUCTION, ...MINIMAL })).toEqual([]);
  });
});

describe("a hole in the trust stops the start", () => {
  const missing = "is required for an issuer";
  const algorithms =
    "OIDC_ALGORITHMS must be among RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA";
  const address =
    "OIDC_ISSUER must be the issuer's https:// address, as in its tokens' iss; only {tenantid} may stand for something";

  it.each<[string, Record<string, string>, string]>([
    ["no audience", { OIDC_AUDIENCE: "" }, `OIDC_AUDIENCE ${missing}`],
    ["an audience of nothing", { OIDC_AUDIENCE: " , " }, "OIDC_AUDIENCE must name at least one"],
    ["any audience", { OIDC_AUDIENCE: "*" }, "OIDC_AUDIENCE must name this server, not *"],
    ["any audience among others", { OIDC_AUDIENCE: "one,*" }, "OIDC_AUDIENCE must name this server, not *"],
    ["an audience without an issuer", { OIDC_ISSUER: "" }, `OIDC_ISSUER ${missing}`],
    ["the algorithm none", { OIDC_ALGORITHMS: "none" }, algorithms],
    ["a shared secret", { OIDC_ALGORITHMS: "HS256" }, algorithms],
    ["a shared secret among others", { OIDC_ALGORITHMS: "RS256,HS512" }, algorithms],
    ["no algorithm", { OIDC_ALGORITHMS: "," }, "OIDC_ALGORITHMS must name at least one"],
    ["an unheard-of cloud", { OIDC_CLOUD: "MOON" }, "OIDC_CLOUD must be one of PUBLIC"],
    ["an address that is none", { OIDC_ISSUER: "issuer.example" }, address],
    ["an address of a file", { OIDC_ISSUER: "file:///keys" }, address],
    ["an address with a query", { OIDC_ISSUER: "https://issuer.example/?a=b" }, address],
    ["an address with a password", { OIDC_ISSUER: "https://a:b@issuer.example" }, address],
    ["a tenant that decides the host", { OIDC_ISSUER: "https://{tenantid}.example/" }, address],
    ["another placeholder", { OIDC_ISSUER: "https://issuer.example/{tenant}" }, address],
  ])("%s", (_what, wrong, problem) => {
    const problems = problemsOf({ ...MINIMAL, ...wrong });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      problem.startsWith("OIDC_CLOUD") ? /^OIDC_CLOUD must be one of PUBLIC/ : problem,
    );
  });

  it("in production no less than elsewhere, and every one is told", () => {
    const wrong = { OIDC_ISSUER: ISSUER, OIDC_AUDIENCE: "*", OIDC_ALGORITHMS: "none", OIDC_CLOUD: "MOON" };
    const names = problemsOf({ ...PRODUCTION, ...wrong }).map((problem) => problem.split(" ")[0]);
    expect(names.sort()).toEqual(["OIDC_ALGORITHMS", "OIDC_AUDIENCE", "OIDC_CLOUD"]);
  });

  it("the development issuer beside a real one in production", () => {
    expect(problemsOf({ ...PRODUCTION, ...MINIMAL, DEVELOPMENT_ISSUER: "on" })).toEqual([
      "DEVELOPMENT_ISSUER must not be on in production: anybody could sign in under anybody's name",
    ]);
  });
});

describe("several issuers in a file", () => {
  const pub = { issuer: ISSUER, audience: AUDIENCE };
  const gov = { issuer: "https://issuer.gov.example", audience: ["a", "b"], cloud: "US_GOVERNMENT" };

  it("are one for each cloud", () => {
    expect(loadConfig(listed([pub, gov])).issuers).toMatchObject([
      { issuer: ISSUER, audiences: [AUDIENCE], cloud: "PUBLIC" },
      { issuer: gov.issuer, audiences: ["a", "b"], cloud: "US_GOVERNMENT" },
    ]);
  });

  it("may come besides the one of the environment", () => {
    expect(loadConfig({ ...MINIMAL, ...listed([gov]) }).issuers).toHaveLength(2);
  });

  it("may not be two for one cloud: each could make tokens for the other's tenants", () => {
    expect(problemsOf(listed([gov, { ...gov, issuer: ISSUER }]))).toEqual([
      "OIDC_ISSUERS_FILE[1].issuer is a second issuer for the cloud US_GOVERNMENT, which has OIDC_ISSUERS_FILE[0].issuer",
    ]);
    expect(problemsOf({ ...MINIMAL, ...listed([{ ...pub, issuer: "https://rival.example" }]) })).toEqual([
      "OIDC_ISSUERS_FILE[0].issuer is a second issuer for the cloud PUBLIC, which has OIDC_ISSUER",
    ]);
  });

  it("may not be the same one for two clouds", () => {
    expect(problemsOf({ ...MINIMAL, ...listed([{ ...gov, issuer: ISSUER }]) })).toEqual([
      "OIDC_ISSUERS_FILE[0].issuer is the same as OIDC_ISSUER: an issuer speaks for one cloud",
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ["is no JSON", "[", /^OIDC_ISSUERS_FILE \S+ cannot be read: /],
    ["is no list", pub, /^OIDC_ISSUERS_FILE must hold a list of issuers$/],
    ["lists something else", ["x"], /^OIDC_ISSUERS_FILE\[0\] /],
    ["lists nothing", [null], /^OIDC_ISSUERS_FILE\[0\] /],
    [
      "misses an audience",
      [pub, { ...gov, audience: undefined }],
      /^OIDC_ISSUERS_FILE\[1\]\.audience is required/,
    ],
    [
      "takes any audience",
      [{ ...pub, audience: ["*"] }],
      /^OIDC_ISSUERS_FILE\[0\]\.audience must name this server/,
    ],
    ["allows none", [{ ...pub, algorithms: ["none"] }], /^OIDC_ISSUERS_FILE\[0\]\.algorithms must be among/],
    ["has a mistyped setting", [{ ...pub, audiences: "a" }], /^OIDC_ISSUERS_FILE\[0\] .*audiences/],
  ])("is refused where it %s", (_what, content, problem) => {
    const problems = problemsOf(listed(content));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it("is refused where there is no such file, or an issuer in it speaks plain HTTP in production", () => {
    expect(problemsOf({ OIDC_ISSUERS_FILE: join(folder, "nowhere.json") })[0]).toMatch(
      /^OIDC_ISSUERS_FILE \S+ cannot be read: there is no such file/,
    );
    const plain = listed([{ ...pub, issuer: "http://issuer.example" }]);
    expect(problemsOf({ ...PRODUCTION, ...plain })).toEqual([
      "OIDC_ISSUERS_FILE[0].issuer must start with https:// in production",
    ]);
  });
});
