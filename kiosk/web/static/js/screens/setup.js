// Enrolling this kiosk: by a typed code, or by the enrolment QR held before the camera.

import { post } from "../api.js";
import { Camera } from "../camera.js";
import { make, setText } from "../dom.js";
import { refresh } from "../state.js";
import { say, sayError } from "../words.js";

const WAIT_MS = 180_000;
const CODE = /^[A-Z2-7]{40}$/;

export const setup = {
  id: "setup",
  title: "setup.title",
  isFixed: true,
  render(root, close) {
    const server = field("setup.server", { type: "url", inputmode: "url" });
    const code = field("setup.code", { autocapitalize: "characters" });
    const post = field("setup.post", { maxlength: "20" });
    const note = make("p", { class: "result", role: "status" });
    const go = make("button", { type: "submit", class: "confirm" }, say("setup.go"));
    const video = make("video", { playsinline: true, muted: true, hidden: true });
    const scan = make("button", { type: "button" }, say("setup.scan"));
    const camera = new Camera(video, {
      onCode: (text) => {
        if (!CODE.test(text.toUpperCase().replace(/[\s-]/g, ""))) return;
        code.input.value = text;
        camera.stop();
      },
      onTrouble: (word) => {
        video.hidden = word !== "";
        setText(scan, say(word === "" ? "setup.scan.stop" : "setup.scan"));
        if (!["", "idle", "starting"].includes(word)) setText(note, say(`camera.${word}`));
      },
    });
    scan.addEventListener("click", () => (camera.stream ? camera.stop() : camera.start()));

    const form = make("form", { class: "setup" }, server.label, code.label, make("div", { class: "scan-code" }, scan, video), post.label, go, note);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      go.disabled = true;
      setText(note, say("setup.busy"));
      note.dataset.level = "";
      const done = await enrol(server.input.value, code.input.value, post.input.value).catch((error) => error);
      go.disabled = false;
      if (done instanceof Error) {
        note.dataset.level = "red";
        setText(note, sayError(done.code ?? "internal"));
        refresh(); // it may be enrolled all the same, with the first sync still to come
      } else {
        camera.stop();
        close();
        refresh();
      }
    });
    root.append(make("p", {}, say("setup.hint")), form);
    return () => camera.stop();
  },
};

function enrol(server, code, postCode) {
  return post("/api/enrol", { server, code, post: postCode }, WAIT_MS);
}

function field(word, attributes) {
  const input = make("input", { required: word !== "setup.post", autocomplete: "off", spellcheck: "false", ...attributes });
  return { input, label: make("label", {}, make("span", {}, say(word)), input) };
}
