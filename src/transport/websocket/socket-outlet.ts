import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Connection } from "../connections/connection";

const TEXT = { binary: false };

/**
 * With so many bytes unread nothing more is read from a socket until its peer has read them: live listeners that read slowly
 * stay well below it.
 */
const MAX_UNREAD_WHILE_READING = 1024 * 1024;

/**
 * The writing side of one WebSocket: the only way in which anything is sent to it. What its peer does not read is
 * bounded: first nothing more is read from it, so that there is nothing to answer, then it is cut off.
 */
export class SocketOutlet {
  private isWaiting = false;
  private isPongUnsent = false;
  private nextPong: Buffer | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly tcp: Socket,
    private readonly connection: Connection,
  ) {}

  /** Sends a message, unless the socket is closing, or its peer has left too much unread. */
  send(message: string | Buffer): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const bytes = typeof message === "string" ? Buffer.byteLength(message) : message.length;
    if (this.connection.announce(bytes)) this.socket.send(message, TEXT);
  }

  /**
   * Answers a ping of WebSocket's own. While the answer to an earlier one is not sent yet, only the newest ping is kept and
   * answered afterwards, as RFC 6455, 5.5.3 allows: however many pings come at once, few answers wait.
   */
  pong(payload: Buffer): void {
    if (this.isPongUnsent) {
      // A copy: it is a view into a larger piece of what was received.
      this.nextPong = Buffer.from(payload);
      return;
    }
    if (this.socket.readyState !== this.socket.OPEN || !this.connection.announce(payload.length)) return;
    this.isPongUnsent = true;
    this.socket.pong(payload, false, () => {
      this.isPongUnsent = false;
      const { nextPong } = this;
      this.nextPong = undefined;
      if (nextPong) this.pong(nextPong);
    });
  }

  /** Lets some work send, whose messages go into the network together. */
  together(work: () => void): void {
    this.tcp.cork();
    try {
      work();
    } finally {
      this.tcp.uncork();
    }
  }

  /** Bytes that the connection has not taken yet. */
  get unread(): number {
    return this.socket.bufferedAmount;
  }

  /** For how many milliseconds its peer has read nothing while bytes waited. */
  get quietMs(): number {
    return this.connection.quietMs;
  }

  /** Bytes that the network has taken since the connection was opened. */
  get taken(): number {
    return this.connection.taken;
  }

  /** Stops reading from the socket while its peer has too much to read; call it after each thing that was answered. */
  awaitReader(): void {
    if (this.isWaiting || this.socket.bufferedAmount <= MAX_UNREAD_WHILE_READING) return;
    this.isWaiting = true;
    this.socket.pause();
    this.tcp.once("drain", () => {
      this.isWaiting = false;
      this.socket.resume();
    });
  }
}
