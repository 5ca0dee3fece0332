/** Reads a server's figures once; gives what tells one of them by its name, the sum over its labels. */
export async function figuresOf(url: string): Promise<(name: string) => number> {
  const lines = (await (await fetch(url)).text()).split("\n");
  return (name) => {
    const found = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  };
}
