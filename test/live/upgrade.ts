import { request } from "node:http";
import type { TestServer } from "../support/test-server";

/** How an upgrade was answered, before any WebSocket is spoken. */
export interface UpgradeAnswer {
  /** 101 where it was taken. */
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Asks for a WebSocket by hand, with headers that a browser or a proxy would send; hangs up at once. */
export function upgrade(
  { url }: Pick<TestServer, "url">,
  headers: Record<string, string> = {},
  path = "/graphql",
): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-protocol": "graphql-transport-ws",
        ...headers,
      },
    });
    asked.once("error", reject);
    asked.once("upgrade", ({ headers: answered }, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: answered, body: "" });
    });
    asked.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString() });
      });
    });
    asked.end();
  });
}
