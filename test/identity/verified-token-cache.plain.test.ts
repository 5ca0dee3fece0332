import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  VerifiedTokenCache,
  type DevelopmentIssuer,
  openDevelopmentIssuer,
  type TrustedIssuer,
} from "../../src/identity";

let folder: string;
let issuer: DevelopmentIssuer;
let lookups: number;
let counted: TrustedIssuer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "partnergraph-believed-"));
  issuer = await openDevelopmentIssuer(folder);
});
beforeEach(() => {
  lookups = 0;
  const keys: TrustedIssuer["keys"] = (header, tenantId) => {
    lookups++;
    return issuer.keys(header, tenantId);
  };
  counted = { ...issuer, keys };
});
afterEach(() => jest.useRealTimers());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ada = {
  tenantId: "tenant-1",
  subject: "subject-1",
  email: "ada@shop.example",
  displayName: "Ada",
  isGlobalAdmin: true,
};

/** Time that we set; promises go on as they are. */
const holdTime = () => jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });

it("checks a token's signature once a minute, however often it is shown", async () => {
  holdTime();
  const tokens = new VerifiedTokenCache([counted]);
  const token = await issuer.sign(ada, 600);
  const first = await tokens.claimsOf(token);
  expect(await tokens.claimsOf(token)).toEqual(first);
  jest.advanceTimersByTime(59_000);
  await tokens.claimsOf(token);
  expect(lookups).toBe(1);
  jest.advanceTimersByTime(2_000);
  await tokens.claimsOf(token);
  expect(lookups).toBe(2);
});

it("believes no token beyond its end, and not a minute longer a key that was withdrawn", async () => {
  holdTime();
  const tokens = new VerifiedTokenCache([counted]);
  const short = await issuer.sign(ada, 20);
  await tokens.claimsOf(short);
  jest.advanceTimersByTime(51_000);
  await expect(tokens.claimsOf(short)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  const long = await issuer.sign(ada, 600);
  await tokens.claimsOf(long);
  counted.keys = () => Promise.reject(new Error("withdrawn"));
  jest.advanceTimersByTime(61_000);
  await expect(tokens.claimsOf(long)).rejects.toThrow();
});

it("believes nobody any more once the issuer has told its keys anew", async () => {
  let told = {};
  const tokens = new VerifiedTokenCache([{ ...counted, keySet: () => told }]);
  const token = await issuer.sign(ada, 600);
  await tokens.claimsOf(token);
  for (let times = 0; times < 3; times++) await tokens.claimsOf(token);
  expect(lookups).toBe(1);
  told = {};
  await tokens.claimsOf(token);
  expect(lookups).toBe(2);
});

it("takes no other token for one that it believes, not even with the same claims", async () => {
  const tokens = new VerifiedTokenCache([counted]);
  const token = await issuer.sign(ada, 600);
  await tokens.claimsOf(token);
  const [head, body, signature = ""] = token.split(".");
  const forged = [
    head,
    body,
    signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
  ];
  await expect(tokens.claimsOf(forged.join("."))).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  expect((await tokens.claimsOf(token)).subject).toBe("subject-1");
});

it("forgets the oldest of many tokens rather than grow", async () => {
  const tokens = new VerifiedTokenCache([counted]);
  const first = await issuer.sign(ada, 600);
  await tokens.claimsOf(first);
  const people = Array.from({ length: 10_000 }, (_, at) => issuer.sign({ ...ada, subject: `s${at}` }, 600));
  for (const token of await Promise.all(people)) await tokens.claimsOf(token);
  const before = lookups;
  await tokens.claimsOf(first);
  expect(lookups).toBe(before + 1);
});
