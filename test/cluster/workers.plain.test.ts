import { restartDelay, shortLivesAfter } from "../../src/cluster/restart-delay";
import { NotificationChannel } from "../../src/cluster/notification-channel";

/** A line to a process that takes a message only when it is told to. */
function slowLine() {
  const sent: string[][] = [];
  const taken: (() => void)[] = [];
  const line = new NotificationChannel((organizationIds, done) => {
    sent.push(organizationIds);
    taken.push(done);
  });
  return { line, sent, take: () => taken.shift()?.() };
}

describe("rings for another worker", () => {
  it("go at once while it keeps up", () => {
    const { line, sent, take } = slowLine();
    line.notify(["part_1", "cust_1"]);
    take();
    line.notify(["part_2"]);
    expect(sent).toEqual([["part_1", "cust_1"], ["part_2"]]);
  });

  it("wait for it to take the last message, each organization once, and then go together", () => {
    const { line, sent, take } = slowLine();
    for (let n = 0; n < 1_000; n++) line.notify(["part_1", `cust_${n % 3}`]);
    expect(sent).toEqual([["part_1", "cust_0"]]);
    take();
    expect(sent[1]?.sort()).toEqual(["cust_0", "cust_1", "cust_2", "part_1"]);
    take();
    expect(sent).toHaveLength(2);
  });

  it("are as many as 10,000 organizations while it takes nothing, and the others are left to its poll", () => {
    const { line, sent, take } = slowLine();
    for (let n = 0; n < 50_000; n++) line.notify([`cust_${n}`]);
    take();
    expect(sent.map((message) => message.length)).toEqual([1, 10_000]);
    line.notify(["cust_again"]);
    take();
    expect(sent[2]).toEqual(["cust_again"]);
  });
});

describe("a worker's successor", () => {
  it("starts at once after one that lived half a minute, and ever later after ones that did not", () => {
    expect(restartDelay(shortLivesAfter(7, 30_000))).toBe(0);
    const delays: number[] = [];
    for (let lives = 0; delays.length < 11;)
      delays.push(restartDelay((lives = shortLivesAfter(lives, 29_999))));
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
    expect(restartDelay(5_000)).toBe(30_000);
  });
});
