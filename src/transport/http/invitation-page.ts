import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";

const SCRIPT = `
  const token = location.hash.slice(1);
  const found = /^[\\w-]{43}$/.test(token);
  document.getElementById("found").hidden = !found;
  document.getElementById("missing").hidden = found;
  if (found) document.getElementById("token").textContent = token;
`;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Invitation</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; }
  code { display: block; padding: .75rem; background: #eee; overflow-wrap: anywhere; user-select: all; }
</style>
<h1>A partner invites your organization</h1>
<div id="found" hidden>
  <p>To see who invites you and to answer, a Global admin of your organization signs in to the application that your
  partner or your administrator uses with this server, and gives it this token:</p>
  <code id="token"></code>
  <p>Through the API it is the <b>invitation</b> query, then <b>acceptInvitation</b> or <b>declineInvitation</b>.
  Opening this page has changed nothing.</p>
</div>
<p id="missing" hidden>This link is not whole. Copy all of it from the message, with everything after #.</p>
<script>${SCRIPT}</script>
</html>`;

/**
 * Serves the page that invitation links point to when PUBLIC_URL is this server. The token is in the link's
 * fragment, so the server never sees it; the page only shows it to the one who has it.
 */
export function registerInvitationPage(fastify: FastifyInstance): void {
  const scriptHash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'unsafe-inline'; frame-ancestors 'none'`;
  fastify.get("/invitation", (_request, reply) =>
    reply
      .headers({
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-cache",
      })
      .type("text/html; charset=utf-8")
      .send(PAGE),
  );
}
