// Looks over everything that is shown and can be reached: texts too faint, targets too small, things beyond the edge.
() => {
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !e.closest("[inert], .unseen, legend, svg, option, noscript, .duty ul");
  const parts = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const linear = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0.9) return colour;
    }
    return [255, 255, 255, 1];
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const name = (e) => e.id || e.className || e.textContent.trim().slice(0, 30);
  const faint = [], small = [], beyond = [];
  for (const e of document.body.querySelectorAll("*")) {
    if (!shown(e)) continue;
    const box = e.getBoundingClientRect();
    const says = [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const isTarget = e.matches("button, select, input:not([type=radio]), .mode label");
    if (says && contrast(parts(getComputedStyle(e).color), ground(e)) < CONTRAST_MIN) faint.push(name(e));
    if (isTarget && (box.width < TARGET_PX_MIN || box.height < TARGET_PX_MIN)) small.push([name(e), box.width, box.height]);
    const isOut = box.right > innerWidth + 1 || box.left < -1 || (isTarget && e.scrollWidth > e.clientWidth + 2);
    if ((says || isTarget) && isOut) beyond.push([name(e), box.left, box.right, e.scrollWidth, e.clientWidth]);
  }
  return { faint, small, beyond };
}
