/** The server cannot start as it is configured; the message says in one line which setting, why, and what to do. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}
