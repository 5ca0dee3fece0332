import { openOidcIssuer, type TrustedIssuer, verifyToken } from "../../src/identity";
import {
  AUDIENCE,
  type HandMadeIssuer,
  newSigningKey,
  quiet,
  refusalOfToken as refusal,
  startHandMadeIssuer,
} from "./hand-made-issuer";

describe("an issuer for many tenants, as Microsoft Entra ID is", () => {
  let entra: HandMadeIssuer;
  let multi: TrustedIssuer;
  beforeAll(async () => {
    entra = await startHandMadeIssuer("RS256");
    const address = `${entra.url}/{tenantid}/v2.0`;
    entra.discovery = { issuer: address };
    multi = openOidcIssuer(entra.settings({ issuer: address }), quiet);
  });
  afterAll(() => entra.stop());
  const tokenOf = (tid: string, issTenant = tid) =>
    entra.token({ tid, iss: `${entra.url}/${issTenant}/v2.0` });

  it("speaks for each tenant under an address of the tenant's own", async () => {
    for (const tid of ["tenant-a", "tenant-b"])
      expect((await verifyToken([multi], await tokenOf(tid))).tenantId).toBe(tid);
    expect(entra.asked.slice(0, 2)).toEqual([
      "/organizations/v2.0/.well-known/openid-configuration",
      "/keys",
    ]);
  });

  it("means the same tenant by a GUID in any letter case, with its address in that case or in small letters", async () => {
    const guid = "6f1c2a54-0c1c-4f0e-9a53-5f4f6d0f7a11";
    for (const [tid, issTenant] of [
      [guid.toUpperCase(), guid],
      [guid.toUpperCase(), guid.toUpperCase()],
      [`{${guid}}`, guid],
    ] as const)
      expect((await verifyToken([multi], await tokenOf(tid, issTenant))).tenantId).toBe(guid);
    expect(await refusal(await tokenOf("Tenant-A", "tenant-a"), [multi])).toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  it("may not under one tenant's address speak for another", async () => {
    for (const [tid, issTenant] of [
      ["tenant-a", "tenant-b"],
      ["tenant-a", "{tenantid}"],
      ["tenant-a", "organizations"],
      ["$&", "{tenantid}"],
      ["", ""],
    ] as const)
      expect(await refusal(await tokenOf(tid, issTenant), [multi])).toMatchObject({ code: "TOKEN_INVALID" });
  });

  it("has keys for everybody, and keys that sign for one tenant only", async () => {
    const [own, shared] = [await newSigningKey("RS256"), await newSigningKey("RS256")];
    own.jwk.issuer = `${entra.url}/tenant-a/v2.0`;
    shared.jwk.issuer = `${entra.url}/{tenantid}/v2.0`;
    entra.keys = [entra.key.jwk, own.jwk, shared.jwk];
    const signedBy = (key: typeof own, tid: string) =>
      entra.token({ tid, iss: `${entra.url}/${tid}/v2.0` }, {}, key);
    expect((await verifyToken([multi], await signedBy(shared, "tenant-b"))).tenantId).toBe("tenant-b");
    expect((await verifyToken([multi], await signedBy(own, "tenant-a"))).tenantId).toBe("tenant-a");
    expect((await refusal(await signedBy(own, "tenant-b"), [multi])).reason).toBe(
      "the issuer has no such key for this algorithm",
    );
  });
});

describe("several issuers at once", () => {
  it("each is believed with its own keys and audience, and speaks for its own cloud", async () => {
    const [issuer, gov] = [await startHandMadeIssuer(), await startHandMadeIssuer()];
    const settings = { cloud: "US_GOVERNMENT", audiences: ["gov-api"] } as Partial<
      ReturnType<typeof gov.settings>
    >;
    const both = [openOidcIssuer(issuer.settings(), quiet), openOidcIssuer(gov.settings(settings), quiet)];
    expect((await verifyToken(both, await issuer.token())).cloud).toBe("PUBLIC");
    expect((await verifyToken(both, await gov.token({ aud: "gov-api" }))).cloud).toBe("US_GOVERNMENT");
    expect((await refusal(await gov.token(), both)).reason).toBe("wrong audience");
    expect((await refusal(await gov.token({ aud: AUDIENCE, iss: issuer.url }), both)).code).toBe(
      "TOKEN_INVALID",
    );
    const withOwnKid = { ...gov.key, kid: issuer.key.kid };
    const claims = { iss: issuer.url };
    expect((await refusal(await gov.token(claims, {}, withOwnKid), both)).reason).toBe(
      "the signature is wrong",
    );
    await gov.stop();
    await issuer.stop();
  });
});
