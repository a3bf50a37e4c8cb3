// "Sync now": asked for, followed, and told in plain words.

import { post } from "./api.js";
import { byId, make } from "./dom.js";
import { onState, refresh } from "./state.js";
import { say, sayError } from "./words.js";
import { open } from "./screens.js";

let asked = null; // how many had ended when it was asked for

export function startSync() {
  byId("sync").addEventListener("click", ask);
  onState(({ sync }) => {
    if (asked == null || sync.is_running || sync.count <= asked) return;
    asked = null;
    tell(sync.last);
  });
}

async function ask() {
  byId("sync").disabled = true;
  try {
    asked = (await post("/api/sync", {})).count;
  } catch (error) {
    open(result(sayError(error.code ?? "internal"), "amber"));
  }
  refresh();
}

function tell(last) {
  if (last.code) return open(result(sayError(last.code), last.code === "unreachable" ? "amber" : "red", last.neighbours));
  if (last.notice) return open(result(say(`synced.${last.notice}`, last), "red", last.neighbours));
  return open(result(say("synced.done", last), "fine", last.neighbours));
}

function result(text, level, neighbours = []) {
  return {
    id: "synced",
    title: "synced.title",
    render: (root) => root.append(
      make("p", { class: "result", "data-level": level, role: "status" }, text),
      ...neighbours.map((one) => make("p", { class: "note", "data-neighbour": one.address }, sayNeighbour(one))),
    ),
  };
}

// How many of our entries a neighbour keeps now, in plain words.
function sayNeighbour({ address, site, entries, taken, problem }) {
  const name = `${site} ${address}`.trim();
  if (problem && !site) return say("synced.near.missed", { name });
  return say(taken ? "synced.near.taken" : "synced.near", { name, count: entries, taken });
}
