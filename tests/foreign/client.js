// A client in another language, written from docs/protocol.md: one connection after another, as long as it is wanted.
// It is told what to do by lines of JSON on standard input, and answers each by a line on standard output.
"use strict";

const readline = require("node:readline");
const { randomBytes } = require("node:crypto");
const WebSocket = require("ws");

const VERSION = 2;
const PAGE = 200;
const EVENTS = new Set(["message", "read", "receipts", "user", "presence", "closing"]);

class Client {
  constructor(url) {
    this.url = url;
    this.instance = randomBytes(12).toString("hex");
    this.token = null;
    this.user = null;
    this.seen = new Map(); // conversation -> its messages by seq, without holes from 1 on
    this.waiting = new Map(); // id of a request -> {frame, resolve, reject, again}
    this.lastId = 0;
    this.delay = 100;
    this.isOpen = false;
  }

  // Enter with credentials: { type: "register" | "log_in" | "resume", … }.
  enter(credentials) {
    return new Promise((resolve, reject) => {
      this.entered = { resolve, reject };
      this.dial(credentials);
    });
  }

  dial(credentials) {
    const socket = (this.socket = new WebSocket(this.url));
    const id = ++this.lastId;
    socket.on("open", () => {
      this.say({ type: "hello", versions: [VERSION], instance: this.instance });
      this.say({ ...credentials, id });
    });
    socket.on("message", (data) => this.hear(JSON.parse(data.toString()), id));
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => this.lost());
  }

  lost() {
    this.isOpen = false;
    if (this.isOver || this.token === null) return;
    setTimeout(() => this.dial({ type: "resume", token: this.token, told: null }), this.delay);
  }

  say(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  hear(frame, entering) {
    if (frame.type === "welcome") return;
    if (frame.id === entering && this.entered && frame.type === "error") return this.entered.reject(frame);
    if (frame.type === "logged_in") {
      this.user = frame.user;
      this.token = frame.token ?? this.token;
    } else if (frame.type === "snapshot") {
      this.isOpen = true;
      if (this.entered) this.entered.resolve({ user: this.user, token: this.token });
      this.entered = null;
      // What was not answered is said again: a post has its client id, and everything else may be asked twice.
      for (const { frame: request } of this.waiting.values()) this.say(request);
    } else if (EVENTS.has(frame.type)) {
      if (frame.type === "message") this.take([frame.message]);
    } else {
      const request = this.waiting.get(frame.id);
      this.waiting.delete(frame.id);
      if (request && frame.type === "error") request.reject(frame);
      else if (request) request.resolve(frame);
    }
  }

  ask(request) {
    const frame = { ...request, id: ++this.lastId };
    return new Promise((resolve, reject) => {
      this.waiting.set(frame.id, { frame, resolve, reject });
      if (this.isOpen) this.say(frame);
    });
  }

  // Apply the next messages of a conversation; what came before is known, and a hole is read from the log.
  take(messages) {
    for (const message of messages) {
      const known = this.seen.get(message.conversation) ?? [];
      this.seen.set(message.conversation, known);
      if (message.seq === known.length + 1) known.push(message);
    }
  }

  async post(conversation, text) {
    const client_id = randomBytes(12).toString("hex");
    return this.ask({ type: "post", conversation, client_id, text });
  }

  // All messages of a conversation, page by page from where this client has come.
  async history(conversation) {
    for (let more = true; more; ) {
      const after = (this.seen.get(conversation) ?? []).length;
      const page = await this.ask({ type: "history", conversation, after, before: null, limit: PAGE });
      this.take(page.messages);
      more = page.more;
    }
    return this.seen.get(conversation) ?? [];
  }

  leave() {
    this.isOver = true;
    this.socket.close(1000);
  }
}

// Say the client's lines of a transcript to a server and hold its answers against the others; events may come between.
async function replay(url, lines) {
  const socket = new WebSocket(url);
  const names = new Map();
  const heard = [];
  let wake = () => {};
  socket.on("message", (data) => (heard.push(JSON.parse(data.toString())), wake()));
  await new Promise((resolve) => socket.on("open", resolve));
  for (const line of lines) {
    if (line.client) {
      socket.send(JSON.stringify(line.client));
      continue;
    }
    let frame;
    do {
      while (!heard.length) await new Promise((resolve) => (wake = resolve));
      frame = heard.shift();
    } while (EVENTS.has(frame.type));
    const fault = difference(line.server, frame, names);
    if (fault) throw new Error(`${fault}: ${JSON.stringify(frame)}`);
  }
  socket.close(1000);
  return lines.length;
}

// "$name" is anything, and the same thing wherever it stands again.
function difference(wanted, got, names, path = "frame") {
  if (typeof wanted === "string" && wanted.startsWith("$")) {
    if (!names.has(wanted)) names.set(wanted, JSON.stringify(got));
    return names.get(wanted) === JSON.stringify(got) ? null : `${path} is not ${wanted}`;
  }
  if (wanted === null || typeof wanted !== "object") return wanted === got ? null : `${path} is not ${wanted}`;
  if (got === null || typeof got !== "object") return `${path} is no object`;
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
    if (!(key in wanted) || !(key in got)) return `${path}.${key} is on one side only`;
    const fault = difference(wanted[key], got[key], names, `${path}.${key}`);
    if (fault) return fault;
  }
  return null;
}

const client = new Client(process.argv[2]);
const ACTS = {
  enter: ({ credentials }) => client.enter(credentials),
  post: ({ conversation, text }) => client.post(conversation, text),
  history: ({ conversation }) => client.history(conversation),
  ask: ({ frame }) => client.ask(frame),
  replay: ({ lines }) => replay(process.argv[2], lines),
  leave: async () => client.leave(),
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const { number, act, ...given } = JSON.parse(line);
  const answer = (said) => process.stdout.write(JSON.stringify({ number, ...said }) + "\n");
  try {
    answer({ result: (await ACTS[act](given)) ?? null });
  } catch (error) {
    answer({ error: error.type ? error : String(error) });
  }
  if (act === "leave") process.exit(0);
});
