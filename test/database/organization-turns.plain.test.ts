import { OrganizationTurns } from "../../src/database/organization-turns";
import { refusalOf } from "../support/refusals";
import { makeGate } from "./gate";

describe("turns of organizations", () => {
  it("run what one organization does one after another, in order, and go on after a failure", async () => {
    const turns = new OrganizationTurns(5_000);
    const seen: string[] = [];
    const gate = makeGate();
    const first = turns.run("org", async () => {
      seen.push("first begins");
      await gate.passed;
      seen.push("first ends");
      throw new Error("undone");
    });
    const second = turns.run("org", () => Promise.resolve(seen.push("second")));
    const third = turns.run("org", () => Promise.resolve(seen.push("third")));
    gate.open();

    await expect(first).rejects.toThrow("undone");
    await Promise.all([second, third]);
    expect(seen).toEqual(["first begins", "first ends", "second", "third"]);
  });

  it("let different organizations work beside each other", async () => {
    const turns = new OrganizationTurns(5_000);
    const gate = makeGate();
    const one = turns.run("one", () => gate.passed);
    await turns.run("other", () => Promise.resolve(gate.open()));
    await one;
  });

  it("send somebody away whose turn does not come in time, never do its work, and let the next one in", async () => {
    const turns = new OrganizationTurns(20);
    const gate = makeGate();
    const first = turns.run("org", () => gate.passed);
    let isDone = false;
    const late = turns.run("org", () => Promise.resolve((isDone = true)));
    expect(await refusalOf(late)).toBe("SERVICE_BUSY");
    gate.open();
    await first;

    expect(await turns.run("org", () => Promise.resolve("next"))).toBe("next");
    expect(isDone).toBe(false);
  });
});
