// Talks to the kiosk's program on this machine, and to nobody else.
// A refusal has a stable code; the words for it are `error.<code>`.

const WAIT_MS = 8_000;
let token = "";
let lead = ""; // the session of the lead at the screen, in memory alone

export class Refusal extends Error {
  constructor(code, detail = "") {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

export const setLead = (session) => { lead = session; };
export const hasLead = () => lead !== "";

export function get(path) {
  return ask(path, { method: "GET", headers: leading() }, WAIT_MS);
}

function leading() {
  return lead ? { "X-Redvest-Lead": lead } : {};
}

// Posts JSON. The token is of one run of the program: after a restart it is fetched anew, once.
export async function post(path, body, waitMs = WAIT_MS) {
  for (let attempt = 0; ; attempt += 1) {
    if (!token) token = (await get("/api/session")).token;
    try {
      return await ask(path, request(body), waitMs);
    } catch (error) {
      if (error.code !== "stale_token" || attempt > 0) throw error;
      token = "";
    }
  }
}

function request(body) {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Redvest-Token": token, ...leading() },
    body: JSON.stringify(body),
  };
}

async function ask(path, options, waitMs) {
  let reply;
  let data;
  try {
    reply = await fetch(path, { ...options, signal: AbortSignal.timeout(waitMs), cache: "no-store" });
    data = await reply.json();
  } catch {
    throw new Refusal("down");
  }
  if (!reply.ok) throw new Refusal(data?.error?.code ?? "internal", data?.error?.detail ?? "");
  return data;
}
