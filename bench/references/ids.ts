import { randomFillSync } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** An id that our server would take for one of its own: the kind's prefix, the time, and 80 random bits. */
export function quickId(prefix: string): string {
  let time = Date.now();
  let text = "";
  for (let n = 0; n < 10; n++) {
    text = ALPHABET[time % 32] + text;
    time = Math.floor(time / 32);
  }
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  for (let n = 0; n < 16; n++) text += ALPHABET[(pool[used++] ?? 0) & 31];
  return `${prefix}_${text}`;
}
