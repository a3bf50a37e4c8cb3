// Posts what stands behind # and says what came of it. The slip is in no address that is sent anywhere.
"use strict";

const WORDS = {
  sending: ["正在送达……", "Delivering…"],
  fresh: ["已送达中心，谢谢！这条签到已收到。", "Delivered, thank you! The centre has this record now."],
  known: ["中心早已收到这条签到，不用再送。", "The centre had this record already. Nothing more to do."],
  none: ["这里没有签到码。请扫签到机上显示的码。", "No code here. Please scan the code that the kiosk shows."],
  broken: [
    "码没有读全，请在签到机上重新扫一次。签到记录仍在签到机上。",
    "The code was not read in full: scan it again at the kiosk. The record is safe there.",
  ],
  refused: [
    "中心没有采用这个码，请告知站点负责人。签到机上的记录不受影响。",
    "The centre did not accept this code: tell the site lead. The record on the kiosk is not touched.",
  ],
  later: [
    "现在送不到，请保持本页打开，有网络后重试。签到记录仍在签到机上。",
    "Cannot be delivered now: keep this page open and try again with a network. The record is safe on the kiosk.",
  ],
};
const BROKEN = new Set(["malformed", "bad_base64", "not_canonical", "too_large"]);
const STATES = { fresh: "done", known: "done", none: "bad", broken: "bad", refused: "bad" };

const slip = location.hash.slice(1);
const again = document.getElementById("again");

function show(name) {
  const [zh, en] = WORDS[name];
  document.getElementById("zh").textContent = zh;
  document.getElementById("en").textContent = en;
  document.querySelector("main").dataset.state = STATES[name] ?? "";
  again.hidden = name !== "later";
}

async function outcome() {
  const reply = await fetch("sync/v1/slip", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ slip }),
    credentials: "omit",
    redirect: "error",
  });
  const said = await reply.json();
  if (reply.status === 200 && said.receipt) return said.fresh ? "fresh" : "known";
  if (reply.status >= 500 || reply.status === 429) return "later";
  return BROKEN.has(said.code) ? "broken" : "refused";
}

async function deliver() {
  show("sending");
  let name = "later";
  try {
    name = await outcome();
  } catch {
    // no network, or a login page of the network: later
  }
  show(name);
  if (name === "fresh" || name === "known") history.replaceState(null, "", location.pathname);
}

again.addEventListener("click", deliver);
if (slip) deliver();
else show("none");
