import { measureMemory } from "../../bench/process/memory";
import { reportOfMemory } from "../../bench/process/memory-report";
import { measureStarts, reportOfStarts } from "../../bench/process/start";

jest.setTimeout(120_000);

describe("the bench of starts", () => {
  it("counts from the spawn to an answer with the demo's customers in it, cold and warm", async () => {
    const starts = await measureStarts({ databases: [testDatabase], rounds: 1 });
    const [cold, warm] = starts.figures;
    expect([cold?.kind, warm?.kind]).toEqual(["cold", "warm"]);
    for (const { ms, cpuMs } of starts.figures) {
      expect(ms).toHaveLength(1);
      expect(ms[0]).toBeGreaterThan(100);
      expect(cpuMs[0]).toBeGreaterThan(100);
    }
    expect(starts.buildMs).toBeGreaterThan(0);
    expect(reportOfStarts(starts)).toMatch(/^\| start .*\n\| --- .*\n\| cold, .*\n\| warm, /);
  });
});

describe("the bench of memory", () => {
  it("tells sizes at rest, under load and with listeners, and looks at the heap in a soak with churn", async () => {
    const scale = { seconds: 0.3, listeners: 50, minutes: 0.1, connections: 2 };
    const figures = await measureMemory({ ...scale, database: testDatabase });
    expect(figures.restMb).toBeGreaterThan(20);
    expect(figures.loadMb).toBeGreaterThan(figures.restMb * 0.8);
    expect(figures.withListeners.heapMb).toBeGreaterThan(figures.withoutListeners.heapMb);
    expect(figures.soak.length).toBeGreaterThanOrEqual(1);
    for (const { heapMb, residentMb } of figures.soak) expect(residentMb).toBeGreaterThan(heapMb);
    expect(reportOfMemory(figures)).toContain("50 idle listeners besides");
  });
});
