import { LoopShare } from "../../src/context/loop-share";

function compute(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

/** Does pieces of work of a millisecond, without any other pause than those that the share asks for. */
async function work(share: LoopShare, pieces: number): Promise<void> {
  for (let n = 0; n < pieces; n++) {
    await share.wait();
    compute(1);
  }
}

describe("a share of the event loop", () => {
  it("lets timers in between pieces of work", async () => {
    let looks = 0;
    const timer = setInterval(() => looks++, 1);
    await work(new LoopShare(5), 200);
    clearInterval(timer);
    // None without it. On a machine that is busy fewer than one for each 5 ms.
    expect(looks).toBeGreaterThan(10);
  });

  it("is one for all who work: several at once do not take several times as much", async () => {
    const share = new LoopShare(5);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 4 }, () => work(share, 30)));
    isOver = true;
    // 120 ms of work in turns of 5 ms, and of one piece of each more.
    expect(turns).toBeGreaterThanOrEqual(120 / (5 + 4));
  });

  it("asks for no pause before its time is used up", () => {
    const share = new LoopShare(1_000);
    for (let n = 0; n < 1_000; n++) expect(share.pause).toBeUndefined();
  });
});
