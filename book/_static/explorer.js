// The explorer: move a schedule's settings, and see its rates, the expected loss, the nearest real runs and the code.
// DATA comes from explorer_data.js, which the site's build writes from the library. The address holds the settings.
const page = document.querySelector("#explorer");
const form = page.querySelector("form");
const part = (name) => document.getElementById(name);
const short = (value) => (value && value < 1e-3 ? value.toExponential(1).replace("-", "\u2011") : String(Number(value.toPrecision(3))));
const end = (value) => (value < 1e4 ? `ends at ${short(value)}` : "blows up");

// --- the settings: the form holds them, the address keeps them ---

function settings() {
  const chosen = { family: form.elements.family.value };
  for (const name of Object.keys(DATA.settings)) {
    const slider = form.elements[name];
    const value = Number(slider.value);
    // logarithmic sliders are read to two digits, which is what the page shows, computes with and writes as code
    chosen[name] = "log" in slider.dataset ? Number((10 ** value).toPrecision(2)) : value;
  }
  return chosen;
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  form.reset();
  if (Object.hasOwn(DATA.families, given.get("family"))) form.elements.family.value = given.get("family");
  for (const name of Object.keys(DATA.settings)) {
    const slider = form.elements[name];
    const value = Number(given.get(name) ?? NaN);
    // a slider keeps to its ends by itself
    if ("log" in slider.dataset ? value > 0 : value >= 0) slider.value = "log" in slider.dataset ? Math.log10(value) : value;
  }
  const library = [...part("explorer-library").options].find((option) => option.value === given.get("code"));
  part("explorer-library").value = (library || part("explorer-library").options[0]).value;
}

function writeAddress() {
  history.replaceState(null, "", `#${new URLSearchParams({ ...settings(), code: part("explorer-library").value })}`);
}

// --- the schedule, as explorer.py builds it from lrdecay_lib.schedules ---

// in updates: how long the warmup is, when the decay starts and how long it is
function lengths({ family, warmup, decay, updates }) {
  const rise = Math.floor((updates * warmup + 50) / 100);
  const fall = family === "constant" ? 0 : Math.min(Math.floor((updates * decay + 50) / 100), updates - rise);
  return { rise, fall, start: updates - fall };
}

// what is left of the peak, without the floor: after so many updates of a decay of `fall` that began at `start`
const SHAPES = {
  linear: (t, fall) => 1 - t / fall,
  cosine: (t, fall) => 0.5 * (1 + Math.cos((Math.PI * t) / fall)),
  exponential: (t, fall) => 0.01 ** (t / fall),
  step: (t, fall) => 0.1 ** Math.floor(t / Math.ceil(fall / 3)),
  "1-sqrt": (t, fall) => 1 - Math.sqrt(t / fall),
  "inverse sqrt": (t, fall, start) => (1 + t / Math.max(start, 1)) ** -0.5,
};

function rates(chosen) {
  const { rise, fall, start } = lengths(chosen);
  const share = chosen.floor / 100;
  return Float64Array.from({ length: chosen.updates }, (_, t) => {
    if (t < rise) return (chosen.peak * t) / rise;
    if (t < start || !fall) return chosen.peak;
    return chosen.peak * (share + (1 - share) * SHAPES[chosen.family](t - start, fall, start));
  });
}

// the expected loss before the first update and after each, exactly: NoisyQuadratic.expectation
function losses(rate) {
  const h = DATA.eigenvalues;
  const A = h.map(() => DATA.start ** 2);
  const loss = () => 0.5 * h.reduce((sum, value, i) => sum + value * A[i], 0);
  const all = new Float64Array(rate.length + 1);
  all[0] = loss();
  rate.forEach((r, t) => {
    for (let i = 0; i < h.length; i++) A[i] = (1 - r * h[i]) ** 2 * A[i] + r * r * DATA.noise[i];
    all[t + 1] = loss();
  });
  return all;
}

// the trained settings that are nearest: first the family, then decay and floor, then the peak by its factor
function nearest({ family, peak, decay, floor }) {
  const far = (run) => Math.abs(run.decay - decay) + Math.abs(run.floor - floor) + Math.abs(Math.log(run.peak / peak)) / 100;
  return DATA.runs.filter((run) => run.family === family).reduce((best, run) => (far(run) < far(best) ? run : best));
}

// --- the schedule as code; the tests run each and compare it with the library ---

function ownCode(chosen) {
  const { rise, fall, start } = lengths(chosen);
  const pieces = {
    linear: `Linear(${fall})`, cosine: `Cosine(${fall})`, exponential: `Exponential(0.01, ${fall})`,
    step: `Exponential(0.1).every(${Math.ceil(fall / 3)})`, "1-sqrt": `Anneal(${fall}, shape="1-sqrt")`,
    "inverse sqrt": `InverseSqrt(${Math.max(start, 1)})`,
  };
  const chain = rise ? [`Warmup(${rise})`] : [];
  if (!fall) chain.push("Constant()");
  else {
    if (start > rise) chain.push(`Constant(1, ${start - rise})`);
    chain.push(pieces[chosen.family] + (chosen.floor ? `.floor(${chosen.floor / 100})` : ""));
  }
  const used = ["Anneal", "Constant", "Cosine", "Exponential", "InverseSqrt", "Linear", "Warmup"];
  const names = used.filter((name) => chain.some((piece) => piece.startsWith(`${name}(`)));
  const whole = chain.length > 1 ? `(${chain.join(" >> ")})` : chain[0];
  return `from lrdecay_lib.schedules import ${names.join(", ")}\n\nschedule = ${chosen.peak} * ${whole}`;
}

// the lines that compute `rate`, a share of the peak, from t; `from` and `low`, `high` are how the library spells them
function formula(chosen, from, low, high) {
  const { rise, fall, start } = lengths(chosen);
  const since = start ? `(t - ${start})` : "t";
  const past = high("0", `${since} / ${fall}`);
  const shape = {
    linear: "1 - p", cosine: `0.5 * (1 + ${from}.cos(math.pi * p))`, exponential: "0.01 ** p", step: "0.1 ** p",
    "1-sqrt": `1 - ${from}.sqrt(p)`, "inverse sqrt": "(1 + p) ** -0.5",
  }[chosen.family];
  const progress = {
    exponential: past,
    // half an update keeps the quotient away from whole numbers, where it could be rounded down
    step: `${from}.floor(${high("0", `(t - ${start - 0.5}) / ${Math.ceil(fall / 3)}`)})`,
    "inverse sqrt": high("0", `${since} / ${Math.max(start, 1)}`),
  }[chosen.family] || low("1", past);
  if (!fall) return [`share = ${rise ? low("1", `t / ${rise}`) : "1"}`];
  const lines = [`p = ${progress}`, `share = ${shape}`];
  const kept = Number((1 - chosen.floor / 100).toPrecision(2));
  if (chosen.floor) lines.push(`share = ${chosen.floor / 100} + ${kept} * share`);
  if (rise) lines.push(`share = ${low(`t / ${rise}`, "share")}`);
  return lines;
}

const CODE = {
  "this library": ownCode,
  Keras: (chosen) => ["import math", "", "import keras", "from keras import ops", "from keras.optimizers.schedules import LearningRateSchedule", "",
    "class Schedule(LearningRateSchedule):", "    def __call__(self, step):",
    "        t = ops.cast(step, keras.config.floatx())",
    ...formula(chosen, "ops", (a, b) => `ops.minimum(${a}, ${b})`, (a, b) => `ops.maximum(${a}, ${b})`).map((line) => `        ${line}`),
    `        return ${chosen.peak} * share`, "", "    def get_config(self):", "        return {}", "",
    "optimizer = keras.optimizers.SGD(Schedule())"].join("\n"),
  PyTorch: (chosen) => ["import math", "", "import torch", "", "def share_of_peak(t):",
    ...formula(chosen, "math", (a, b) => `min(${a}, ${b})`, (a, b) => `max(${a}, ${b})`).map((line) => `    ${line}`),
    "    return share", "", `optimizer = torch.optim.SGD(model.parameters(), lr=${chosen.peak})`,
    "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, share_of_peak)"].join("\n"),
  optax: (chosen) => ["import math", "", "import jax.numpy as jnp", "import optax", "", "def schedule(t):",
    ...formula(chosen, "jnp", (a, b) => `jnp.minimum(${a}, ${b})`, (a, b) => `jnp.maximum(${a}, ${b})`).map((line) => `    ${line}`),
    `    return ${chosen.peak} * share`, "", "optimizer = optax.sgd(schedule)"].join("\n"),
};

function code(chosen, library) {
  const text = CODE[library](chosen);
  return text.includes("math.") ? text : text.replace("import math\n\n", "");
}

// --- drawing ---

// at most so many points of a curve, its ends among them; what has blown up is left out
function thin(values, most = 300) {
  const last = values.length - 1;
  const pieces = Math.min(most, last);
  const at = Array.from({ length: pieces + 1 }, (_, i) => Math.round((i * last) / pieces));
  return { x: at, y: at.map((t) => (values[t] < 1e4 ? values[t] : null)) };
}

// plain numbers on logarithmic axes
const TICKS = [-4, -3, -2, -1, 0, 1, 2, 3].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
const drawn = {};

function draw(name, traces, updates, title, log) {
  const style = getComputedStyle(page);
  const [text, grid] = [style.color, style.getPropertyValue("--pst-color-border")];
  const key = JSON.stringify([traces, updates, text]);
  if (drawn[name] === key) return;
  drawn[name] = key;
  const axis = { color: text, gridcolor: grid, zeroline: false, fixedrange: true };
  for (const trace of traces) trace.line = { color: text, simplify: false, ...trace.line };
  Plotly.react(name, traces, {
    height: 250, margin: { l: 60, r: 16, t: 8, b: 40 }, font: { family: style.fontFamily, size: 12, color: text },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: false, hovermode: "closest",
    xaxis: { ...axis, range: [0, updates], title: { text: "update" } },
    yaxis: { ...axis, title: { text: title }, ...(log ? { type: "log", tickvals: TICKS, ticktext: TICKS.map(String) } : { rangemode: "tozero" }) },
  }, { displayModeBar: false, responsive: true });
}

function runTraces(run, line) {
  const x = run.quartiles[0].map((_, i) => (i * DATA.about.updates) / (run.quartiles[0].length - 1));
  const [low, middle, high] = run.quartiles;
  const edge = { x, mode: "lines", hoverinfo: "skip", line: { width: 0 } };
  return [{ ...edge, y: low }, { ...edge, y: high, fill: "tonexty", fillcolor: line.color ? `${line.color}55` : "#88888855" },
    { x, y: middle, mode: "lines", name: "median", line }];
}

function show() {
  const chosen = settings();
  for (const name of Object.keys(DATA.settings)) {
    const slider = form.elements[name];
    slider.parentElement.querySelector("b").textContent = chosen[name].toLocaleString("en");
    slider.setAttribute("aria-valuetext", slider.previousElementSibling.textContent);
    slider.disabled = chosen.family === "constant" && (name === "decay" || name === "floor");
  }
  const steady = { ...chosen, family: "constant", decay: 100, floor: 0 };
  const line = { ...DATA.lines[chosen.family], width: 2.5 };
  const rival = { color: "#888888", width: 1.2, dash: "dot" };
  const rate = rates(chosen);
  const [loss, steadyLoss] = [losses(rate), losses(rates(steady))];
  const [run, steadyRun] = [nearest(chosen), nearest(steady)];
  const last = (values) => values[values.length - 1];

  draw("plot-rate", [{ ...thin(rate), mode: "lines", line: { ...line } }], chosen.updates, "learning rate");
  draw("plot-loss", [{ ...thin(steadyLoss), name: "constant", mode: "lines", line: rival }, { ...thin(loss), name: "loss", mode: "lines", line: { ...line } }], chosen.updates, "expected loss", true);
  draw("plot-runs", [{ ...runTraces(steadyRun, rival)[2], name: "constant" }, ...runTraces(run, { ...line })], DATA.about.updates, "excess loss", true);

  const { rise, fall, start } = lengths(chosen);
  const against = (value) => (chosen.family === "constant" ? "" : `; with the rate kept constant (dotted) it ${end(value)}`);
  const decays = fall ? `, the decay begins at update ${start.toLocaleString("en")}` : "";
  const trained = `Peak ${run.peak}, ${chosen.family === "constant" ? "" : `decay ${run.decay}\u00a0%, floor ${run.floor}\u00a0%, `}warmup ${DATA.about.warmup}\u00a0%`;
  part("plot-rate-caption").textContent = `${rise.toLocaleString("en")} updates of warmup${decays}; the last update has the rate ${short(last(rate))}.`;
  part("plot-loss-caption").textContent = `Computed exactly. It ${end(last(loss))}${against(last(steadyLoss))}.`;
  part("plot-runs-caption").textContent = `${trained}, ${DATA.about.updates} updates, ${DATA.about.seeds} seeds: median, and the middle half as a band. `
    + `It ${end(last(run.quartiles[1]))}${against(last(steadyRun.quartiles[1]))}.`;
  part("explorer-code").textContent = code(chosen, part("explorer-library").value);
  part("explorer-copied").textContent = "";
}

// --- what the reader does ---

async function copy() {
  const text = part("explorer-code").textContent;
  try {
    await navigator.clipboard.writeText(text);
    part("explorer-copied").textContent = "copied";
  } catch { // not allowed here: select it, so that one key copies it
    getSelection().selectAllChildren(part("explorer-code"));
    part("explorer-copied").textContent = "selected: copy it with your keyboard";
  }
}

page.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", show);
page.addEventListener("change", () => { show(); writeAddress(); });
part("explorer-copy").addEventListener("click", copy);
window.addEventListener("hashchange", () => { readAddress(); show(); });
// the site's button for light and dark sets an attribute of the page
new MutationObserver(show).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
readAddress();
show();
