// Small ways of building the page. Text is always set as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export function icon(name, className = "icon") {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  drawing.setAttribute("class", className);
  drawing.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  drawing.append(use);
  return drawing;
}

// Replaces children only where something changed, so that a screen reader is not told the same again.
export function fill(element, ...children) {
  const before = element.childNodes;
  const same = before.length === children.length && children.every((child, at) => before[at].isEqualNode(child));
  if (!same) element.replaceChildren(...children);
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
