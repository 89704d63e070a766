// A line plot as one SVG, drawn anew at every change: plot(element, { lines, x, y, notes }).
//   lines: [{ x, y, name, color, dash, width, low, high, marks }], y null where there is nothing to draw; low and high
//          are the ends of a bar at the line's last point; marks: [{ x, y, cross }], rings or crosses at places
//   x, y:  { title, log, range }; without a range an axis spans its values, and a straight y axis begins at 0
//   notes: [text], in the plot's upper corner
// Text has a fixed size in pixels, so it stays readable at the width of a phone; on a projector --plot-zoom enlarges all.

const SPACE = { left: 56, right: 20, top: 10, bottom: 38, text: 12 };

function readable(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  const rounded = Number(value.toPrecision(3));
  return size < 1e-3 ? rounded.toExponential().replace("-", "\u2212") : String(rounded);
}

// at most about so many round numbers within a range: multiples of 1, 2 or 5, or on a logarithmic axis powers of ten
function ticks([low, high], log, most) {
  if (log) {
    const made = (digits, apart) => {
      const all = [];
      for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++) if (p % apart === 0) all.push(...digits.map((d) => Number(`${d}e${p}`)));
      return all.filter((value) => value >= low * 0.999 && value <= high * 1.001);
    };
    const choices = [[[1, 2, 5], 1], ...[1, 2, 3, 5, 10].map((apart) => [[1], apart])].map((one) => made(...one));
    return choices.find((all) => all.length <= most) || choices.at(-1);
  }
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((d) => d * power >= rough * 0.999) * power;
  const all = [];
  for (let k = Math.ceil(low / step); k * step <= high * 1.0001; k++) all.push(k * step);
  return all;
}

function rangeOf(values, axis) {
  if (axis.range) return axis.range;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) if (value !== null && Number.isFinite(value) && !(axis.log && value <= 0)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return axis.log ? [0.1, 1] : [0, 1];
  if (!axis.log) return [0, high * 1.05 || 1];
  return low === high ? [low / 2, high * 2] : [low / 1.1, high * 1.1];
}

function plot(element, picture) {
  element.data = picture.lines; // what is drawn, for whoever asks: the tests, the table of numbers
  if (!element.clientWidth) return;
  const style = getComputedStyle(element);
  const zoom = Number(style.getPropertyValue("--plot-zoom")) || 1;
  const [width, height] = [element.clientWidth / zoom, element.clientHeight / zoom];
  const { left, right, top, bottom, text } = SPACE;
  const spans = [["x", left, width - right], ["y", height - bottom, top]].map(([name, from, to]) => {
    const axis = picture[name];
    const range = rangeOf(picture.lines.flatMap((line) => [...line[name], ...(name === "y" && line.low ? [line.low, line.high] : [])]), axis);
    const scale = axis.log ? Math.log10 : (value) => value;
    const [low, high] = range.map(scale);
    return { ...axis, range, place: (value) => from + ((scale(value) - low) / (high - low || 1)) * (to - from) };
  });
  const [x, y] = spans;
  const parts = [];
  const add = (name, attributes, content = "") => {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("");
    parts.push(`<${name}${written}>${content}</${name}>`);
  };
  const safe = (words) => String(words).replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const grid = style.getPropertyValue("--pst-color-border").trim() || "#ccc";
  for (const value of ticks(x.range, x.log, Math.max(2, Math.floor((width - left) / 70)))) {
    const at = x.place(value).toFixed(1);
    add("line", { x1: at, x2: at, y1: top, y2: height - bottom, stroke: grid });
    add("text", { x: at, y: height - bottom + text + 3, "text-anchor": "middle" }, readable(value));
  }
  for (const value of ticks(y.range, y.log, Math.max(2, Math.floor((height - top - bottom) / 25)))) {
    const at = y.place(value);
    add("line", { x1: left, x2: width - right, y1: at.toFixed(1), y2: at.toFixed(1), stroke: grid });
    add("text", { x: left - 5, y: (at + text / 3).toFixed(1), "text-anchor": "end" }, readable(value));
  }
  add("text", { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, safe(x.title));
  // where there is no room for it the heading above the plot must do
  if (height > 150) add("text", { transform: `translate(${text - 2} ${(top + height - bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, safe(y.title));
  const clip = `${element.id}-clip`;
  add("clipPath", { id: clip }, `<rect x="${left}" y="${top - 2}" width="${Math.max(width - left - right + 3, 0)}" height="${Math.max(height - top - bottom + 4, 0)}"/>`);
  for (const line of picture.lines) {
    let [path, pen] = ["", "M"];
    line.x.forEach((value, i) => {
      const drawn = line.y[i] !== null && Number.isFinite(line.y[i]) && !(y.log && line.y[i] <= 0) && !(x.log && value <= 0);
      if (drawn) path += `${pen}${x.place(value).toFixed(1)} ${y.place(line.y[i]).toFixed(1)}`;
      pen = drawn ? "L" : "M";
    });
    const stroke = { fill: "none", stroke: line.color || "currentColor", "stroke-width": line.width || 2.5, "clip-path": `url(#${clip})` };
    add("path", { ...stroke, d: path || "M0 0", ...(line.dash ? { "stroke-dasharray": line.dash } : {}) });
    if (line.low) add("path", { ...stroke, d: `M${x.place(line.x.at(-1))} ${y.place(line.low)}V${y.place(line.high)}`, "stroke-width": 6, opacity: 0.5 });
    if (line.dot !== undefined) add("circle", { cx: x.place(line.x[line.dot]), cy: y.place(line.y[line.dot]), r: 4.5, fill: line.color || "currentColor" });
    for (const mark of line.marks || []) {
      if (mark.y === null) continue;
      const [cx, cy] = [x.place(mark.x).toFixed(1), y.place(mark.y).toFixed(1)];
      const pen = { fill: style.getPropertyValue("--pst-color-background") || "none", stroke: line.color || "currentColor", "stroke-width": 2 };
      if (mark.cross) add("path", { ...pen, d: `M${cx - 6} ${cy - 6}l12 12m0-12l-12 12` });
      else add("circle", { ...pen, cx, cy, r: 4 });
    }
  }
  (picture.notes || []).forEach((note, i) => add("text", { x: width - right - 6, y: top + 14 + i * 16, "text-anchor": "end", "font-weight": 600 }, safe(note)));
  element.innerHTML = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * zoom}" height="${height * zoom}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="${text}" fill="currentColor" aria-hidden="true">${parts.join("")}</svg>`;
}
