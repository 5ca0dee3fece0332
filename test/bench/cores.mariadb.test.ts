import { measureCores, reportOfCores } from "../../bench/process/cores";

jest.setTimeout(120_000);

describe("the bench of cores", () => {
  it("asks one worker and two the same, and tells whose CPU time the answers took", async () => {
    const scale = { workers: [1, 2], rounds: 1, seconds: 0.5, calls: 20, connections: 4 };
    const figures = await measureCores({ ...scale, questions: ["byId", "acceptInvitation"] });
    expect(figures.map(({ question, workers }) => `${question} ${workers}`)).toEqual([
      "byId 1",
      "byId 2",
      "acceptInvitation 1",
      "acceptInvitation 2",
    ]);
    for (const { perSecond, serverMs } of figures) {
      expect(perSecond[0]).toBeGreaterThan(0);
      expect(serverMs[0]).toBeGreaterThan(0);
    }
  });

  it("reckons what cores without the load would do: a worker fills one, and the database shares them", () => {
    const one = { question: "q", perSecond: [100], serverMs: [4], databaseMs: [1], generatorMs: [1] };
    const rows = reportOfCores(
      [
        { ...one, workers: 1 },
        { ...one, workers: 2 },
      ],
      2,
    )
      .split("\n")
      .slice(2);
    const last = rows.map((row) => row.split("|").slice(-3, -1).map(Number));
    expect(last).toEqual([
      [250, 250],
      [400, 500],
    ]);
  });
});
