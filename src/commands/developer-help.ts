/**
 * Prints how a developer's command is used where its command line asks for that. Gives whether it did: then nothing else is
 * to be done.
 * @param usage lines that begin with the command
 */
export function answeredHelp(usage: string): boolean {
  const isAsked = process.argv.slice(2).some((word) => word === "--help" || word === "-h");
  if (isAsked) process.stdout.write(`Usage: ${usage}\n`);
  return isAsked;
}
