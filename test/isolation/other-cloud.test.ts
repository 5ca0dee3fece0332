import { Cloud } from "../../entities/partners/partner";
import { VerifiedTokenCache } from "../../src/identity";
import { type IsolationHarness, chiefOf, openIsolationHarness, type Caller } from "./harness";
import { rootField } from "./documents";
import { codesIn, comparable, eachOf } from "./api-client";
import { fieldsOf, probesOf, sendAll } from "./probing";
import { emptyTally } from "./tally";
import { twinOf } from "./pools";
import { variablesFor } from "./id-parameters";
import { changesBetween, takeSnapshotForChanges } from "./snapshot";
import { customerKeys } from "./fixture-plan";

/*
 * An issuer speaks for organizations of its own cloud only. Here the fixture world's own issuer comes to speak for another
 * cloud, so that every token names a tenant and a person that exist, and means neither.
 */

let harness: IsolationHarness;
let impostors: Caller[];

beforeAll(async () => {
  harness = await openIsolationHarness();
  const { services } = harness.server.running;
  services.tokens = new VerifiedTokenCache(
    services.tokens.issuers.map((issuer) => ({ ...issuer, cloud: Cloud.CHINA })),
  );
  const chiefs = harness.callers.filter(({ role }) => role === "global-admin");
  const outsider = { organization: "nobody", organizationId: "", selfId: undefined };
  const { permissions } = harness.callers.find(({ kind }) => kind === "prospect") as Caller;
  impostors = chiefs.map((chief) => ({
    ...chief,
    ...outsider,
    permissions,
    name: `another cloud's ${chief.name}`,
  }));
}, 300_000);
afterAll(() => harness.close());

test("a token of another cloud's issuer opens nothing of the organization whose tenant id it bears", async () => {
  const faults: string[] = [];
  for (const impostor of impostors) {
    await eachOf(fieldsOf("query"), async (field) => {
      const reply = await harness.apiClient.ask(
        impostor.bearer,
        field,
        variablesFor(field, "lean", () => ""),
      );
      // What the token itself says of its bearer is the bearer's to know.
      const claims = JSON.stringify(
        harness.world.people.find(({ name }) => impostor.name.endsWith(name))?.subject,
      );
      faults.push(
        ...harness.oracle
          .faults(reply.text, impostor, claims)
          .map((fault) => `${impostor.name}, ${field.name}: ${fault}`),
      );
    });
    const outsider = { ...impostor, key: undefined };
    const likely = probesOf(harness, outsider, fieldsOf("query"), "likely").filter(
      ({ idParameter }) => !idParameter.path.join().includes("_"),
    );
    faults.push(
      ...(await sendAll(harness, likely, emptyTally())).filter((fault) => !/user name|tenant id/.test(fault)),
    );
  }
  expect(faults).toEqual([]);
}, 300_000);

test("it answers no invitation for that organization, and learns of none that is for it alone", async () => {
  const { database } = harness.server.running.services;
  const faults: string[] = [];
  for (const key of customerKeys) {
    const { bearer } = chiefOf(harness, key);
    const me = harness.world.customers[key];
    for (const { token, onlyFor } of harness.world.links
      .filter((link) => link.onlyFor === undefined || link.onlyFor === key)
      .slice(-8)) {
      for (const [operation, name] of [
        ["query", "invitation"],
        ["mutation", "acceptInvitation"],
        ["mutation", "declineInvitation"],
      ] as const) {
        const field = rootField(operation, name);
        const variables = (value: string) =>
          operation === "query" ? { token: value } : { input: { token: value } };
        const before = await takeSnapshotForChanges(database);
        const reply = await harness.apiClient.ask(bearer, field, variables(token));
        const never = await harness.apiClient.ask(bearer, field, variables(twinOf("token", token)));
        const changes = changesBetween(before, await takeSnapshotForChanges(database), () => false);
        const touched = changes.filter(({ row }) => JSON.stringify(row).includes(me.id));
        if (touched.length > 0)
          faults.push(`${name} for ${key} changed ${touched.map(({ table }) => table).join()}`);
        if (codesIn(reply).some((code) => /INTERNAL|USER_UNKNOWN/.test(code)))
          faults.push(`${name} for ${key}: ${reply.text}`);
        if (onlyFor && comparable(reply, token) !== comparable(never, twinOf("token", token)))
          faults.push(`${name} with a link for ${key} alone: ${reply.text}`);
      }
    }
  }
  expect(faults).toEqual([]);
}, 300_000);
