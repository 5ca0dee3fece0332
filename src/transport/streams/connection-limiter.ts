import type { Limits } from "../../config/limits";
import { generalErrors } from "../../errors/general.errors";
import { networkOf } from "../../values/ip-address";

/** The limits that are about sockets and streams, not about what is asked through them. */
export type PlaceLimits = Pick<Limits, "socketsPerUser" | "socketsPerNode" | "unknownSocketsPerAddress">;

/** What one socket or stream takes up as long as it is open. */
export interface Place {
  /**
   * Says who sits here, by an actor's name.
   * @throws RATE_LIMITED that one has as many sockets and streams on this node as one may
   */
  belongTo(name: string): void;
  /** Frees it; once is enough, and again is harmless. */
  leave(): void;
}

const RETRY_AFTER_SECONDS = 5;

/** Counts sockets and streams of this node: all of them, each user's, and those of an address that have not signed in. */
export class ConnectionLimiter {
  private taken = 0;
  private readonly unknown = new Map<string, number>();
  private readonly known = new Map<string, number>();

  constructor(private readonly limits: PlaceLimits) {}

  /**
   * Whether another socket of this address would find a place now.
   * @throws SERVICE_BUSY the node is full
   * @throws RATE_LIMITED too many sockets of this address have not signed in yet
   */
  ensureFree(address: string): void {
    const { socketsPerNode, unknownSocketsPerAddress } = this.limits;
    if (this.taken >= socketsPerNode) {
      throw generalErrors.SERVICE_BUSY(
        `This server has its ${socketsPerNode} sockets and streams open. Try again, or another node.`,
        { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } },
      );
    }
    if ((this.unknown.get(networkOf(address)) ?? 0) >= unknownSocketsPerAddress) {
      throw generalErrors.RATE_LIMITED(
        `Your address has ${unknownSocketsPerAddress} sockets open that have not signed in. Send connection_init at once.`,
        { details: { maximum: unknownSocketsPerAddress, retryAfterSeconds: RETRY_AFTER_SECONDS } },
      );
    }
  }

  /** Takes a place for somebody who has not signed in yet. */
  take(address: string): Place {
    this.taken++;
    const network = networkOf(address);
    count(this.unknown, network, 1);
    let free = () => count(this.unknown, network, -1);
    let left = false;
    return {
      belongTo: (name) => {
        if (left) return;
        const { socketsPerUser } = this.limits;
        if ((this.known.get(name) ?? 0) >= socketsPerUser) {
          throw generalErrors.RATE_LIMITED(
            `You have ${socketsPerUser} sockets and streams open. Close some.`,
            {
              details: { maximum: socketsPerUser, retryAfterSeconds: RETRY_AFTER_SECONDS },
            },
          );
        }
        free();
        count(this.known, name, 1);
        free = () => count(this.known, name, -1);
      },
      leave: () => {
        if (left) return;
        left = true;
        this.taken--;
        free();
      },
    };
  }
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + change;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}
