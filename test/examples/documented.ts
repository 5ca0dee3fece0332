import type { FencedBlock } from "../support/fenced-blocks";
import type { CommandShell, RunningScript } from "../support/command-shell";
import type { Answer, Listener, TestServer } from "../support/test-server";

/** The value of a root field. Its shape is the document's, so it is loose, as in Answer. */
type Loose = NonNullable<Answer["data"]>;

/** What the blocks of a document work in, one after the other. */
export interface DocumentWorld {
  server: TestServer;
  /** With the server's DATA_DIR. */
  shell: CommandShell;
  /** What the answers so far gave, by the name of the variable that a later block has for it. */
  found: Record<string, string>;
  listener?: Listener;
  script?: RunningScript;
}

/** Runs or checks one block. Throws when it is not as the document says. */
export type Check = (block: FencedBlock, world: DocumentWorld) => Promise<unknown>;

/** Why a block is not run: what runs it, or why nothing can. */
export interface NotRun {
  because: string;
  /** The test that runs what the block says. */
  test?: string;
}

/** Runs a script against the server; it must end with 0. Gives what it printed. */
export async function runScript(
  { text }: FencedBlock,
  { server, shell, found }: DocumentWorld,
): Promise<string> {
  const script = filledIn(text, found).replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):4000/g, server.url);
  const { code, stdout, stderr } = await shell.run(script);
  if (code !== 0) throw new Error(`it ended with ${code}:\n${script}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Starts a script that goes on; it is ready when it has said this. */
export async function startScript(block: FencedBlock, world: DocumentWorld, ready: string): Promise<void> {
  const text = filledIn(block.text, world.found);
  // The example takes its server from a variable, where the document means the usual one.
  world.script = world.shell.start(`export BASE_URL=${world.server.url}\n${text}`);
  await until(() => world.script?.stderr().includes(ready) ?? false, `says ${ready}`, world);
}

/** Waits until a script that goes on has printed this. */
export function printed(world: DocumentWorld, text: string): Promise<void> {
  return until(() => world.script?.stdout().includes(text) ?? false, `prints ${text}`, world);
}

async function until(isSo: () => boolean, what: string, { script }: DocumentWorld): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 600) throw new Error(`it never ${what}: ${script?.stdout()}\n${script?.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Asks a query as the person that its first line names, with the variables that earlier answers gave. There must be no
 * error outside `userErrors`. Gives the root field's value.
 */
export async function askBlock(
  { text }: FencedBlock,
  { server, found }: DocumentWorld,
  as?: string,
): Promise<Loose> {
  const caller = await server.as(as ?? personIn(text));
  const names = [...text.matchAll(/\$(\w+):/g)].map(([, name = ""]) => name);
  const variables = Object.fromEntries(names.map((name) => [name, found[name]]));
  const { data, errors } = await caller.ask(text, variables);
  if (errors) throw new Error(`${JSON.stringify(errors)}\n${text}`);
  return Object.values(data as object)[0];
}

/** The same for a mutation, which must be done. */
export async function mutateBlock(block: FencedBlock, world: DocumentWorld, as?: string): Promise<Loose> {
  const payload = await askBlock(block, world, as);
  if (payload.userErrors.length > 0) throw new Error(JSON.stringify(payload.userErrors));
  return payload;
}

/** The person in a comment on the first line. */
export function personIn(text: string): string {
  const person = /^# ([\w-]+)\n/.exec(text)?.[1];
  if (!person) throw new Error(`who asks?\n${text}`);
  return person;
}

function filledIn(text: string, found: Record<string, string>): string {
  let filled = text;
  for (const [name, value] of Object.entries(found)) filled = filled.replaceAll(name, value);
  return filled;
}
