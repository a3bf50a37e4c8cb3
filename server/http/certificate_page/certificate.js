// Asks how a certificate stands: by the code behind #, by the number in the address, or by one that is typed. It keeps nothing.
"use strict";

const WORDS = {
  asking: ["open", "…", "正在核验……", "Checking…"],
  good: ["good", "✓", "有效", "Good: issued here, and it holds"],
  changed: ["bad", "✗", "已失效：出具之后记录有更正", "No longer good: the records were corrected after it was issued"],
  replaced: ["bad", "✗", "已失效：已补发新的证明", "No longer good: another certificate is in its place"],
  withdrawn: ["bad", "✗", "已作废", "Withdrawn"],
  altered: ["bad", "✗", "不是原件：内容被改动，或不是本系统的证明", "Not genuine: altered, or none of ours"],
  unknown: ["bad", "?", "没有这份证明，请核对编号", "No such certificate: compare the number"],
  unsettled: ["open", "…", "有新数据正在处理，请过一会儿再查", "News is being worked on: ask again in a while"],
  many: ["open", "!", "查询太频繁，请稍后再试", "Too many questions: try again later"],
  later: ["open", "!", "现在查不到，请有网络后重试", "Cannot be checked now: try again with a network"],
};
const KEYS = {
  former: "由旧密钥签名，仍然有效。 Signed by a former key, which is fine.",
  withdrawn: "签名密钥后来收回，以本页结果为准，不看二维码签名。 Its key was withdrawn later: what this page says counts, not the code's signature.",
  unknown: "签名密钥不认识。 Signed by a key that is none of ours.",
};
const FACTS = [
  ["number", "证明编号", "No."],
  ["name", "姓名（隐名）", "Name, masked"],
  ["volunteer", "志愿者编号（隐去）", "Volunteer No., masked"],
  ["period", "服务时段", "Period"],
  ["total", "确认时长", "Confirmed service"],
  ["issuer", "记录单位", "Recorded by"],
  ["issued", "出具日期", "Issued on"],
];

const by = (id) => document.getElementById(id);

function show(name, said = {}) {
  const [state, mark, zh, en] = WORDS[name];
  by("result").hidden = false;
  by("result").dataset.state = state;
  by("mark").textContent = mark;
  by("zh").textContent = said.demo ? `演示 DEMO · ${zh}` : zh;
  by("en").textContent = en;
  by("key").hidden = !KEYS[said.key];
  by("key").textContent = KEYS[said.key] ?? "";
  showFacts(said);
}

function showFacts(said) {
  const told = {
    ...said,
    period: `${said.first} – ${said.last}`,
    total: `${said.hours} 小时 hours（${said.minutes} 分钟 min）`,
  };
  by("facts").hidden = by("compare").hidden = !said.number;
  by("facts").replaceChildren(...(said.number ? FACTS.flatMap(([key, zh, en]) => fact(told[key], zh, en)) : []));
}

function fact(value, zh, en) {
  const [term, small, data] = ["dt", "span", "dd"].map((tag) => document.createElement(tag));
  small.lang = "en";
  small.textContent = en;
  term.append(zh, small);
  data.textContent = value;
  return [term, data];
}

async function ask(asked) {
  const reply = await fetch("/c/check", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ asked }),
    credentials: "omit",
    redirect: "error",
  });
  if (reply.status === 429) return ["many", {}];
  if (reply.status !== 200) return ["later", {}];
  const said = await reply.json();
  return [said.finding in WORDS ? said.finding : "later", said];
}

async function check(asked) {
  show("asking");
  let found = ["later", {}];
  try {
    found = await ask(asked);
  } catch {
    // no network, or a login page of the network: later
  }
  show(...found);
}

function readable(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check(by("number").value);
});

function start() {
  const code = readable(location.hash.slice(1));
  const number = readable(location.pathname.split("/")[2] ?? "");
  if (number) by("number").value = number;
  if (code || number) check(code || number);
  if (code) history.replaceState(null, "", location.pathname); // nothing is left in the history
}

window.addEventListener("hashchange", () => location.hash && start());
start();
