"use strict";
// The live page. Whatever a caller said is put in as text, never as HTML.

const MOST_LINES = 300;        // of the transcript; older ones leave the page
const MOST_MISSED = 200;       // events read for the past when the page opens
const FIRST_WAIT_MS = 500, LAST_WAIT_MS = 15000;
const REFRESH_MS = 15000;

const at = (id) => document.getElementById(id);
const state = { seq: 0, socket: null, waitMs: FIRST_WAIT_MS, only: "", calls: [], timer: 0, token: false };

class LoggedOut extends Error {}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

async function ask(path, options = {}) {
  const reply = await fetch(path, { credentials: "same-origin", ...options });
  if (reply.status === 401) throw new LoggedOut();
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

const post = (path, body) => ask(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

const clock = (seconds) => new Date(seconds * 1000)
  .toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function span(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

function tellLink(name, words) {
  at("link").dataset.state = name;
  if (at("link").textContent !== words) at("link").textContent = words;
}

// What is known: status, calls, messages.

function showStatus(status) {
  const engine = (stage) => (status.engines[stage] || []).filter((one) => one.chosen)
    .map((one) => `${one.name} (${one.state})`).join(", ") || "none";
  const facts = {
    "Up for": span(status.uptime_s), "Calls": `${status.total_calls} since the start`,
    "Errors": String(status.error_count), "Hears": engine("stt"), "Answers": engine("llm"),
    "Speaks": engine("tts"), "Version": status.version,
  };
  const waiting = status.waiting_for_restart || [];
  if (waiting.length) facts["After a restart"] = waiting.join(", ");
  at("facts").replaceChildren(...Object.entries(facts)
    .flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  showCount("unread", status.unread_messages);
}

function showCount(id, count) {
  at(id).textContent = String(count);
  at(id).classList.toggle("some", count > 0);
  if (id === "unread") document.title = count ? `(${count}) clawctl` : "clawctl";
}

function callRow(call) {
  const button = element("button", call.caller_number || "unknown number", "call");
  const turns = call.turn_count === 1 ? "1 turn" : `${call.turn_count} turns`;
  button.type = "button";
  button.setAttribute("aria-pressed", String(state.only === call.session_id));
  button.append(document.createElement("br"), element("span", `${call.direction || "call"}, ${turns}`, "detail"));
  button.dataset.session = call.session_id;
  button.addEventListener("click", () => showOnly(state.only === call.session_id ? "" : call.session_id));
  const row = element("li");
  row.append(button);
  return row;
}

function showCalls(calls) {
  const held = document.activeElement?.dataset?.session;
  state.calls = calls;
  at("calls").replaceChildren(...calls.map(callRow));
  at("no-calls").hidden = calls.length > 0;
  showCount("call-count", calls.length);
  if (held) at("calls").querySelector(`[data-session="${CSS.escape(held)}"]`)?.focus();
}

function messageRow(message) {
  const row = element("li");
  const from = message.name || message.number || message.caller_number || "unknown";
  const done = element("button", "Done");
  done.type = "button";
  done.setAttribute("aria-label", `Done with the message from ${from}`);
  done.addEventListener("click", async () => {
    done.disabled = true;
    await post(`/api/messages/${encodeURIComponent(message.id)}/done`, {}).catch(noticed);
    refresh();
  });
  const number = message.number || message.caller_number;
  row.append(element("span", from, "who"), element("p", message.text, "words"),
    element("p", [number, clock(message.taken_at)].filter(Boolean).join(", "), "detail"), done);
  return row;
}

function showMessages(found) {
  at("messages").replaceChildren(...found.messages.map(messageRow));
  at("no-messages").hidden = found.messages.length > 0;
  showCount("unread", found.unread);
}

async function refresh() {
  clearTimeout(state.timer);
  state.timer = setTimeout(refresh, REFRESH_MS);
  const asked = [
    ["/api/status", showStatus], ["/api/sessions?status=active", showCalls],
    ["/api/messages?state=open", showMessages],
  ];
  await Promise.all(asked.map(([path, show]) => ask(path).then(show).catch(noticed)));
}

const refreshSoon = (() => {
  let planned = 0;
  return () => { clearTimeout(planned); planned = setTimeout(refresh, 200); };
})();

// What happens: a row of the transcript for an event, by its type.

const LINES = {
  "session.started": (e) => ["call", `begins${e.caller_number ? `: ${e.caller_number}` : ""}`],
  "session.resumed": () => ["call", "goes on"],
  "session.ended": (e) => ["call", `is over (${e.reason || "ended"})`],
  "turn.transcript": (e) => e.transcript && ["caller", e.transcript],
  "turn.reply": (e) => e.reply && ["assistant", e.reply],
  "turn.error": (e) => ["trouble", `${e.stage}: ${e.detail || "failed"}`],
  "turn.caller_rejected": (e) => ["call", `turned away (${e.reason || "policy"})`],
  "agent.takeover": (e) => ["call", `${e.agent || "an agent"} took the call over`],
  "agent.release": (e) => ["call", `${e.agent || "an agent"} let the call go`],
  "call.message": (e) => ["call", `left a message: ${e.text || ""}`],
  "events.dropped": (e) => ["trouble", `${e.count} events were too many for this page`],
};
const CHANGES = /^(session|call|config|status|agent)\.|^turn\.(started|complete|error)$/;

function hear(event) {
  if (event.type === "error" || event.type === "pong") return;
  if (event.seq > state.seq) state.seq = event.seq;
  if (CHANGES.test(event.type)) refreshSoon();
  const line = LINES[event.type]?.(event);
  if (line) showLine(event, ...line);
}

function showLine(event, kind, words) {
  const list = at("said");
  const follows = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const row = element("li", "", kind);
  const when = element("time", clock(event.timestamp));
  when.dateTime = new Date(event.timestamp * 1000).toISOString();
  const head = element("div");
  const call = event.session_id.slice(0, 8);
  head.append(element("span", kind === "trouble" ? "trouble" : kind, "who"), when,
    element("span", call ? ` ${call}` : "", "detail"));
  row.dataset.session = event.session_id;
  row.hidden = Boolean(state.only) && event.session_id !== state.only;
  row.append(head, element("p", words));
  list.append(row);
  while (list.children.length > MOST_LINES) list.firstElementChild.remove();
  at("nothing-said").hidden = true;
  if (follows) list.scrollTop = list.scrollHeight;
}

function showOnly(session) {
  state.only = session;
  for (const row of at("said").children) row.hidden = Boolean(session) && row.dataset.session !== session;
  at("all-calls").hidden = !session;
  showCalls(state.calls);
  at("said").scrollTop = at("said").scrollHeight;
}

// The line to the gateway: first what happened lately, then all that follows.

async function begin() {
  try {
    const { events, last_seq } = await ask(`/api/events?last=${MOST_MISSED}`);
    at("login").hidden = true;
    at("live").hidden = false;
    if (!state.seq || last_seq < state.seq) {
      at("said").replaceChildren();
      events.forEach(hear);
      state.seq = last_seq;
    }
    refresh();
    connect();
  } catch (error) {
    if (error instanceof LoggedOut) askToken();
    else tryLater();
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/events?after=${state.seq}`);
  state.socket = socket;
  socket.onopen = () => { state.waitMs = FIRST_WAIT_MS; tellLink("live", "live"); };
  socket.onmessage = (message) => hear(JSON.parse(message.data));
  socket.onclose = () => { if (state.socket === socket) tryLater(); };
}

function tryLater() {
  hangUp();
  tellLink("lost", "connection lost, trying again …");
  setTimeout(begin, state.waitMs);
  state.waitMs = Math.min(2 * state.waitMs, LAST_WAIT_MS);
}

function hangUp() {
  const socket = state.socket;
  state.socket = null;
  clearTimeout(state.timer);
  socket?.close();
}

function askToken() {
  hangUp();
  tellLink("waiting", "not logged in");
  at("live").hidden = true;
  at("logout").hidden = true;
  at("login").hidden = false;
  at("token").focus();
}

function noticed(error) {
  if (error instanceof LoggedOut) askToken();
}

at("login-form").addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  at("refused").textContent = "";
  try {
    const reply = await post("/api/login", { token: at("token").value });
    at("token").value = "";
    at("logout").hidden = !reply.token_needed;
    begin();
  } catch (error) {
    at("refused").textContent = error instanceof LoggedOut
      ? "That is not the token." : "The gateway did not answer; try again.";
  }
});
at("logout").addEventListener("click", () => post("/api/logout", {}).then(() => location.reload(), noticed));
at("all-calls").addEventListener("click", () => showOnly(""));
begin();
