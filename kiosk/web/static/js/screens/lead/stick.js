// A stick: what is pending goes out on it, and what the centre sent back comes in. Followed until it is done.

import { make, setText } from "../../dom.js";
import { say, sayError } from "../../words.js";
import { act, button, read, result } from "./parts.js";

const LOOK_MS = 700;

export const stick = {
  id: "lead-stick",
  title: "stick.title",
  render(root) {
    const told = result();
    const list = make("ul", { class: "people" });
    const progress = make("p", { class: "note", role: "status" });
    root.append(make("p", { class: "note" }, say("stick.hint")), told.line, progress, list);
    const standing = make("div", { class: "standing" });
    root.append(standing);
    delivery(standing).catch(told.wrong);
    const view = { told, list, progress, shown: "", isFresh: false };
    view.timer = setInterval(() => look(view), LOOK_MS);
    look(view);
    return () => clearInterval(view.timer);
  },
};

// How delivery stands, and what the centre set aside, with its reason.
async function delivery(standing) {
  const found = await read("/api/lead/delivery");
  const aside = found.set_aside.map(({ first, last, code, kept }) => make("li", {},
    make("div", { class: "person" }, make("b", {}, `#${first}–${last}`), make("span", {}, `${sayError(code)} (${code})`), make("span", {}, say(kept ? "aside.kept" : "aside.not_kept")))));
  const list = aside.length ? [make("h3", {}, say("aside.title")), make("ul", { class: "people" }, ...aside)] : [];
  standing.replaceChildren(make("p", { class: "note" }, say("stick.standing", found)), ...list);
}

async function look(view) {
  try {
    const { media, task } = await read("/api/lead/media");
    setText(view.progress, task.is_running ? say("stick.running", { size: Math.round(task.bytes / 1024) }) : "");
    if (!task.is_running && view.isFresh) tell(view, task);
    const key = JSON.stringify([media.map(({ folder, files }) => [folder, files]), task.is_running]);
    if (key === view.shown) return;
    view.shown = key;
    view.list.replaceChildren(...(media.length ? media.map((one) => row(one, view, task.is_running)) : [make("li", {}, say("stick.none"))]));
  } catch (error) {
    view.told.wrong(error);
  }
}

function tell(view, { kind, result: done, problem }) {
  view.isFresh = false;
  if (problem) view.told.wrong({ code: problem });
  else if (kind === "export") view.told.fine([say("stick.exported", done), done.left ? say("stick.left", done) : ""].join(" "));
  else if (done.refused.length || done.set_aside || done.diverged) {
    view.told.wrong({ code: done.refused[0] ?? "other" });
    setText(view.told.line, [say("stick.accepted", done), ...done.refused.map((code) => sayError(code)), done.set_aside ? say("concern.set_aside") : "", done.diverged ? say("concern.diverged") : ""].filter(Boolean).join(" · "));
  } else view.told.fine(say("stick.accepted", done));
}

function row({ folder, name, free_bytes, is_writable, files }, view, isRunning) {
  const begin = async (path, body) => {
    view.told.clear();
    try {
      await act(path, body);
      view.isFresh = true;
    } catch (error) {
      view.told.wrong(error);
    }
    look(view);
  };
  const out = button("stick.export", () => begin("/api/lead/export", { folder, everything: false }), "confirm");
  const all = button("stick.export_all", () => begin("/api/lead/export", { folder, everything: true }));
  out.disabled = all.disabled = isRunning || !is_writable;
  const into = files.map((file) => make("button", { type: "button", "data-file": file, onclick: () => begin("/api/lead/accept", { folder, file }), disabled: isRunning }, say("stick.accept", { file })));
  return make("li", { "data-folder": folder }, make("div", { class: "person" }, make("b", {}, name), make("span", {}, say("stick.free", { size: Math.round(free_bytes / 1_000_000) }))), make("div", { class: "person-ways" }, out, all, ...into));
}
