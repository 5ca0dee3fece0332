/** One line of the figures. */
export interface Figure {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What is served at an address of figures, line by line. */
export async function figuresAt(url: string): Promise<Figure[]> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [, name = "", labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
    return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
  });
}

/** The sum of what the figures say under a name, where the labels are these; 0 where they say nothing. */
export function sumOf(figures: Figure[], name: string, labels: Record<string, string> = {}): number {
  const isMeant = (figure: Figure) =>
    figure.name === `partnergraph_${name}` &&
    Object.entries(labels).every(([key, text]) => figure.labels[key] === text);
  return figures.filter(isMeant).reduce((sum, { value }) => sum + value, 0);
}

/** Gives a function that says by how much a figure grows while something is done. */
export const growthOf =
  (figures: () => Promise<Figure[]>) =>
  async (
    work: () => Promise<unknown>,
    ...figure: [name: string, labels?: Record<string, string>]
  ): Promise<number> => {
    const before = sumOf(await figures(), ...figure);
    await work();
    return sumOf(await figures(), ...figure) - before;
  };
