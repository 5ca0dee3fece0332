import { Cloud } from "../../entities/partners/partner";
import { BelievedTokens } from "../../src/identity";
import { type Arena, chiefOf, openArena, type Visitor } from "./arena";
import { rootField } from "./documents";
import { codesIn, comparable, eachOf } from "./door";
import { fieldsOf, probesOf, sendAll } from "./probing";
import { emptyTally } from "./tally";
import { twinOf } from "./pools";
import { variablesFor } from "./slots";
import { changesBetween, takeSnapshotForChanges } from "./snapshot";
import { customerKeys } from "./town-plan";

/*
 * An issuer speaks for organizations of its own cloud only. Here the town's own issuer comes to speak for another
 * cloud, so that every token names a tenant and a person that exist, and means neither.
 */

let arena: Arena;
let impostors: Visitor[];

beforeAll(async () => {
  arena = await openArena();
  const { services } = arena.server.running;
  services.tokens = new BelievedTokens(
    services.tokens.issuers.map((issuer) => ({ ...issuer, cloud: Cloud.CHINA })),
  );
  const chiefs = arena.visitors.filter(({ role }) => role === "global-admin");
  const stranger = { organization: "nobody", organizationId: "", selfId: undefined };
  const { permissions } = arena.visitors.find(({ kind }) => kind === "prospect") as Visitor;
  impostors = chiefs.map((chief) => ({
    ...chief,
    ...stranger,
    permissions,
    name: `another cloud's ${chief.name}`,
  }));
}, 300_000);
afterAll(() => arena.close());

test("a token of another cloud's issuer opens nothing of the organization whose tenant id it bears", async () => {
  const faults: string[] = [];
  for (const impostor of impostors) {
    await eachOf(fieldsOf("query"), async (field) => {
      const reply = await arena.door.ask(
        impostor.bearer,
        field,
        variablesFor(field, "lean", () => ""),
      );
      // What the token itself says of its bearer is the bearer's to know.
      const claims = JSON.stringify(
        arena.town.people.find(({ name }) => impostor.name.endsWith(name))?.subject,
      );
      faults.push(
        ...arena.judge
          .faults(reply.text, impostor, claims)
          .map((fault) => `${impostor.name}, ${field.name}: ${fault}`),
      );
    });
    const stranger = { ...impostor, key: undefined };
    const likely = probesOf(arena, stranger, fieldsOf("query"), "likely").filter(
      ({ slot }) => !slot.path.join().includes("_"),
    );
    faults.push(
      ...(await sendAll(arena, likely, emptyTally())).filter((fault) => !/user name|tenant id/.test(fault)),
    );
  }
  expect(faults).toEqual([]);
}, 300_000);

test("it answers no invitation for that organization, and learns of none that is for it alone", async () => {
  const { database } = arena.server.running.services;
  const faults: string[] = [];
  for (const key of customerKeys) {
    const { bearer } = chiefOf(arena, key);
    const me = arena.town.customers[key];
    for (const { token, onlyFor } of arena.town.links
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
        const reply = await arena.door.ask(bearer, field, variables(token));
        const never = await arena.door.ask(bearer, field, variables(twinOf("token", token)));
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
