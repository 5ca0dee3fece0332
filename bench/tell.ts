/** Says how far a script is, on standard error. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
