// Draws each plot from the table beside it: what is drawn is what can be read. Without scripts the tables are there.
"use strict";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function read(table) {
  const headings = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  return { headings, names: rows.map((row) => row[0]), columns: headings.slice(1).map((_, at) => rows.map((row) => Number(row[at + 1]))) };
}

const axis = () => ({
  axisLine: { lineStyle: { color: colour("--field") } },
  axisLabel: { color: colour("--ink"), hideOverlap: true },
  splitLine: { lineStyle: { color: colour("--line") } },
});

// Tooltips are drawn on the canvas: as elements they would carry inline styles, which the policy forbids.
const base = () => ({
  animation: false,
  aria: { enabled: true },
  tooltip: { renderMode: "richText", trigger: "axis", confine: true, backgroundColor: colour("--paper"), textStyle: { color: colour("--ink") } },
  grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
  legend: { textStyle: { color: colour("--ink") }, top: 0 },
  color: [colour("--green"), colour("--amber")],
});

const DRAW = {
  line: ({ headings, names, columns }) => ({
    ...base(),
    xAxis: { type: "category", data: names, ...axis() },
    yAxis: { type: "value", ...axis() },
    series: [0, 1].map((at) => ({ name: headings[at + 1], type: "line", data: columns[at], showSymbol: names.length < 60, lineStyle: { type: at ? "dashed" : "solid" }, symbol: at ? "triangle" : "circle" })),
  }),
  bar: ({ headings, names, columns }) => ({
    ...base(),
    xAxis: { type: "value", ...axis() },
    yAxis: { type: "category", data: names, inverse: true, ...axis(), axisLabel: { color: colour("--ink"), width: 160, overflow: "truncate" } },
    legend: { show: false },
    series: [{ name: headings[1], type: "bar", data: columns[0], barMaxWidth: 22 }],
  }),
  heat: ({ headings, names, columns }) => {
    const cells = columns.flatMap((column, hour) => column.map((value, day) => [hour, day, value]));
    return {
      ...base(),
      tooltip: { ...base().tooltip, trigger: "item" },
      legend: { show: false },
      grid: { left: 8, right: 16, top: 8, bottom: 56, containLabel: true },
      xAxis: { type: "category", data: headings.slice(1), ...axis() },
      yAxis: { type: "category", data: names, inverse: true, ...axis() },
      visualMap: { min: 0, max: Math.max(1, ...cells.map((cell) => cell[2])), orient: "horizontal", left: "center", bottom: 0, calculable: false, precision: 1, text: [String(Math.max(...cells.map((cell) => cell[2]))), "0"], textStyle: { color: colour("--ink") }, inRange: { color: [colour("--ground"), colour("--link")] } },
      series: [{ type: "heatmap", data: cells }],
    };
  },
};

const drawn = [...document.querySelectorAll("[data-plot]")].map((place) => {
  const data = read(document.getElementById(place.dataset.table));
  place.hidden = false;
  if (place.dataset.plot === "bar") place.style.height = `${Math.max(20, data.names.length * 1.6)}rem`;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  const draw = () => chart.setOption(DRAW[place.dataset.plot](data), true);
  draw();
  place.setAttribute("role", "img");
  place.setAttribute("aria-labelledby", place.closest("figure").getAttribute("aria-labelledby"));
  return { chart, draw };
});

addEventListener("resize", () => drawn.forEach(({ chart }) => chart.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(({ draw }) => draw()));
