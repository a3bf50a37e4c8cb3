// The kiosk goes to the next lead: heads counted beside what the kiosk counts, and what they should know.

import { make } from "../../dom.js";
import { close } from "../../screens.js";
import { state } from "../../state.js";
import { say } from "../../words.js";
import { act, field, form, tick } from "./parts.js";
import { forget } from "./session.js";

export const handover = {
  id: "lead-handover",
  title: "handover.title",
  render(root) {
    const counted = state()?.duty.count ?? 0;
    const present = field("handover.present", { type: "number", min: "0", max: "10000", name: "present", required: true });
    const differs = make("p", { class: "warned", hidden: true }, say("handover.differs", { count: counted }));
    present.input.addEventListener("input", () => { differs.hidden = present.input.value === "" || Number(present.input.value) === counted; });
    const to = field("handover.to", { maxlength: "20", name: "to" });
    const text = field("handover.text", { rows: "3", maxlength: "400", name: "text" });
    const names = tick("handover.names");
    root.append(form([make("p", { class: "note" }, say("handover.counted", { count: counted })), present.label, differs, to.label, text.label, names.label], async () => {
      await act("/api/lead/handover", { to: to.input.value, present: Number(present.input.value), text: text.input.value, names_go: names.input.checked });
      forget();
      close();
    }, "handover.go"));
  },
};
