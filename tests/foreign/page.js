// A page in a browser without a window: just enough of one for the page of an example. `page.js PAGE URL NAME TEXT LINES`:
// somebody joins, says a text, waits until the page shows this many lines, and tells what it shows; then they log out.
"use strict";

const fs = require("node:fs");
const vm = require("node:vm");
const { webcrypto } = require("node:crypto");
const Socket = require("ws");

const [path, origin, name, text, lines] = process.argv.slice(2);
const elements = new Map();
let cookie = "";

class Element {
  constructor(id) {
    Object.assign(this, { id, hidden: false, value: "", textContent: "", children: [] });
  }
  replaceChildren(...children) {
    this.children = children;
  }
}

function element(id) {
  if (!elements.has(id)) elements.set(id, new Element(id));
  return elements.get(id);
}

async function fetchWithCookie(path, { headers, ...rest }) {
  const answer = await fetch(`${origin}/${path}`, { ...rest, headers: { ...headers, cookie } });
  cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
  return answer;
}

class SocketOfThePage extends Socket {
  constructor(url) {
    super(url, { origin }); // as a browser says it
  }
}

async function until(check) {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function visit() {
  const [, script] = /<script>\n(.*)<\/script>/s.exec(fs.readFileSync(path, "utf-8"));
  vm.runInNewContext(script, {
    document: { getElementById: element, createElement: () => new Element() },
    location: { origin },
    crypto: webcrypto,
    fetch: fetchWithCookie,
    WebSocket: SocketOfThePage,
    setTimeout,
  });
  await until(() => element("notice").textContent === "log in first");
  Object.assign(element("name"), { value: name });
  Object.assign(element("password"), { value: "correct horse battery" });
  element("entry").onsubmit({ preventDefault() {}, submitter: element("join") });
  await until(() => element("entry").hidden);
  element("text").value = text;
  element("writing").onsubmit({ preventDefault() {} });
  await until(() => element("messages").children.length == lines);
  console.log(element("messages").children.map((line) => line.textContent).join("\n"));
  element("logout").onclick();
  await until(() => !element("entry").hidden);
  process.exit(0);
}

visit();
