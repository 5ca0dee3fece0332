import { request } from "node:http";
import type { Asked, Line, LineEvents } from "./event-subscriber";

/** Opens a stream of server-sent events by hand, as `curl -N` would. */
export function openSse({ url, token, query, variables }: Asked, events: LineEvents): Line {
  const body = JSON.stringify({ query, variables });
  const headers = {
    accept: "text/event-stream",
    "content-type": "application/json",
    authorization: `Bearer ${token}`,
    "content-length": Buffer.byteLength(body),
  };
  const asked = request(`${url}/graphql/stream`, { method: "POST", agent: false, headers }, (response) => {
    let rest = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const data = /^data:(.+)$/m.exec(part)?.[1];
        if (data) events.onMessage(Buffer.from(data));
      }
    });
    response.once("error", () => undefined);
    // What is refused before there is a stream is a plain JSON text.
    response.once("end", () => response.statusCode !== 200 && events.onMessage(Buffer.from(rest)));
  });
  asked.once("error", () => undefined);
  asked.once("close", () => events.onClosed());
  asked.once("finish", () => events.onBegun());
  asked.end(body);
  return {
    cut: () => asked.destroy(),
    pause: () => asked.socket?.pause(),
    resume: () => asked.socket?.resume(),
  };
}
