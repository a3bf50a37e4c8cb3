// What lies under a cover cannot be reached, by keyboard either. Called whenever a cover comes or goes.

import { byId } from "./dom.js";

export function settle() {
  const isOpen = (id) => !byId(id).hidden;
  const isFixed = isOpen("start") || byId("screen").dataset.screen === "setup";
  const isOver = isOpen("answer") || isOpen("stopped");
  const isScreen = isOpen("screen");
  for (const element of [byId("desk"), byId("delivery")]) element.inert = isOver || isScreen || isOpen("start");
  document.querySelector(".top").inert = isOver || (isScreen && !isFixed);
  byId("screen").inert = isOver;
  byId("start").inert = isOver;
}
