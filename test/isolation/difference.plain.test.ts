import { difference } from "./difference";

it("two long answers are shown around the place where they differ", () => {
  const [start, end] = ["a".repeat(1_000), "z".repeat(1_000)];
  const said = difference(`${start}{"code":"SERVICE_BUSY"}${end}`, `${start}{"code":"NOT_FOUND"}${end}`);
  expect(said).toMatch(/^…a+\{"code":"SERVICE_BUSY"\}z+… \| instead of \| …a+\{"code":"NOT_FOUND"\}z+…$/);
  expect(said.length).toBeLessThan(700);
});

it("an answer that goes on where the other one ends is shown to its end", () => {
  expect(difference("200 {}", "200 {}, and more")).toBe("200 {} | instead of | 200 {}, and more");
});
