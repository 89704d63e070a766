// The explorer: choose a schedule's settings, and see its rates, the expected loss, real runs and the code.
// schedules.js computes, plot.js draws, DATA comes from explorer_data.js. The address holds the settings.
const page = document.querySelector("#explorer");
const form = page.querySelector("form");
const part = (name) => document.getElementById(name);
const short = (value) => (value && value < 1e-3 ? value.toExponential(1).replace("-", "\u2011") : String(Number(value.toPrecision(3))));
const whole = (value) => value.toLocaleString("en");
const SMALL = 0.005; // a usual peak for Adam, and far below any that the quadratic or the real runs want
const end = (value) => (value < TOO_MUCH ? `ends at ${short(value)}` : "diverges");

// --- the settings: `chosen` holds them, the form shows them, the address keeps them ---

const NAMES = Object.keys(DATA.settings);
const FIRST = { family: DATA.first, ...Object.fromEntries(NAMES.map((name) => [name, DATA.settings[name].value])) };
let chosen = { ...FIRST };
let pinned = [];
let optimizer = ""; // of the code; "" until the reader, or an address, names one
const settings = () => chosen;
const named = () => optimizer || (chosen.peak < SMALL ? "AdamW" : "SGD");

const moves = (family, name) => !(DATA.unused[family] || []).includes(name);
const say = (sentence) => { part("explorer-said").textContent = sentence; };

// a number within a setting's ends, and a sentence where it was not
function within(name, given) {
  const { low, high, label, value: first } = DATA.settings[name];
  const text = String(given).trim();
  let value = text === "" ? NaN : Number(text);
  if (Number.isNaN(value)) return [first, `${label} "${text}" is no number: it is set to ${whole(first)}.`];
  if (name === "updates") value = Math.round(value);
  if (value >= low && value <= high) return [value, ""];
  const kept = value < low ? low : high;
  return [kept, `${label} ${text} is out of range, which is ${low} to ${whole(high)}: it is set to ${name === "updates" ? whole(kept) : kept}.`];
}

// the choice that an address or a pin describes, and what had to be changed in it
function read(given) {
  const [made, said] = [{ ...FIRST }, []];
  const family = given.get("family");
  if (family === "keras") {
    try {
      made.config = readKeras(given.get("keras") ?? "");
      made.family = family;
    } catch (error) {
      said.push(error.message);
    }
  } else if (Object.hasOwn(DATA.families, family ?? "")) made.family = family;
  else if (family !== null) said.push(`There is no family "${family}": this is the ${DATA.families[FIRST.family].toLowerCase()}.`);
  for (const name of NAMES) {
    if (!given.has(name)) continue;
    const [value, sentence] = within(name, given.get(name));
    made[name] = value;
    if (sentence) said.push(sentence);
  }
  return [made, said];
}

function written(choice) {
  const parameters = new URLSearchParams({ family: choice.family });
  for (const name of NAMES) parameters.set(name, choice[name]);
  if (choice.config) parameters.set("keras", JSON.stringify(choice.config));
  return parameters;
}

const switches = () => ["log-rate", "log-update"].filter((name) => part(`explorer-${name}`).checked);

function writeAddress() {
  const parameters = written(chosen);
  parameters.set("code", part("explorer-library").value);
  if (optimizer) parameters.set("optimizer", optimizer);
  for (const name of switches()) parameters.set(name, 1);
  for (const choice of pinned) parameters.append("pin", written(choice));
  // a page that was opened as a file may be refused this in some browsers
  try { history.replaceState(null, "", `#${parameters}`); } catch { /* the page works all the same */ }
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [made, said] = read(given);
  chosen = made;
  pinned = given.getAll("pin").slice(0, DATA.pins.length).map((text) => read(new URLSearchParams(text))[0]);
  const library = [...part("explorer-library").options].find((option) => option.value === given.get("code"));
  part("explorer-library").value = (library || part("explorer-library").options[0]).value;
  optimizer = Object.hasOwn(OPTIMIZERS, given.get("optimizer") ?? "") ? given.get("optimizer") : "";
  for (const name of ["log-rate", "log-update"]) part(`explorer-${name}`).checked = given.has(name);
  say(said.join(" "));
  fillForm();
  if (said.length) writeAddress();
}

function fillForm() {
  form.elements.family.querySelector("[value=keras]").hidden = chosen.family !== "keras";
  form.elements.family.value = chosen.family;
  for (const name of NAMES) {
    const { stops } = DATA.settings[name];
    const [slider, typed] = [form.elements[name], form.elements[`${name}-typed`]];
    const far = (stop) => Math.abs(["peak", "updates"].includes(name) ? Math.log(stop / chosen[name]) : stop - chosen[name]);
    slider.value = stops.indexOf(stops.reduce((best, stop) => (far(stop) < far(best) ? stop : best)));
    slider.setAttribute("aria-valuetext", `${chosen[name]} ${DATA.settings[name].unit}`);
    if (document.activeElement !== typed) typed.value = chosen[name];
    slider.disabled = typed.disabled = !moves(chosen.family, name);
  }
}

function describe(choice) {
  const parts = NAMES.filter((name) => moves(choice.family, name) && name !== "updates").map((name) =>
    `${DATA.settings[name].label.toLowerCase()} ${choice[name]}${name === "peak" ? "" : "\u00a0%"}`);
  const title = choice.family === "keras" ? `Keras ${choice.config.class_name}` : DATA.families[choice.family];
  return `${title}: ${parts.join(", ")}, ${whole(choice.updates)} updates`;
}

// --- the real runs: one script for each family, loaded when it is first chosen ---

const RUNS = {};
const asked = new Set();

function load(family) {
  if (asked.has(family)) return;
  asked.add(family);
  const script = document.createElement("script");
  script.src = `${DATA.static}explorer_runs_${family.replace(/ /g, "_")}.js`;
  script.addEventListener("load", show);
  document.head.append(script);
}

const listed = (values) => `${values.slice(0, -1).join(", ")} and ${values.at(-1)}`;

// { marks, low, high, all } of the runs with exactly these settings; a string says why there are none
function runsOf(choice) {
  if (choice.family === "keras") return "No real runs were made with this schedule.";
  const where = {};
  for (const name of NAMES) {
    const { stops, label, unit } = DATA.settings[name];
    where[name] = stops.indexOf(choice[name]);
    if (!moves(choice.family, name)) where[name] = null;
    else if (where[name] < 0) return `No real runs were made with a ${label.toLowerCase()} of ${choice[name]}${unit[0] === "%" ? "\u00a0%" : ""}: there are runs with ${listed(stops)}${unit[0] === "%" ? "\u00a0%" : ""}.`;
  }
  if (!RUNS[choice.family]) {
    load(choice.family);
    return "The runs are on their way.";
  }
  let row = 0;
  for (const name of ["warmup", "decay", "floor"]) if (where[name] !== null) row = row * DATA.settings[name].stops.length + where[name];
  const all = RUNS[choice.family][where.updates][row];
  const numbers = all[where.peak];
  return { marks: numbers.slice(0, -2), low: numbers.at(-2), high: numbers.at(-1), all };
}

// --- the schedule as code; the tests run each and compare it with the library ---

function ownCode(choice) {
  const { rise, fall, start } = lengths(choice);
  if (choice.family === "plateau") {
    const floor = choice.floor ? `, floor=${choice.floor / 100}` : "";
    return `from lrdecay_lib.training import Plateau, train\n\n# it answers to the validation loss, twenty times in the run\nrule = Plateau(factor=0.5, patience=3${floor})\n`
      + `run = train(task, rule, seed=0, updates=${choice.updates}, peak=${choice.peak},\n            evaluate_every=${Math.max(Math.floor(choice.updates / 20), 1)})`;
  }
  const quarter = Math.ceil(fall / 4);
  const pieces = {
    linear: `Linear(${fall})`, cosine: `Cosine(${fall})`, exponential: `Exponential(0.01, ${fall})`,
    "1-sqrt": `Anneal(${fall}, shape="1-sqrt")`, tanh: `Anneal(${fall}, shape="tanh")`, polynomial: `Polynomial(${fall}, 2)`,
    step: `Exponential(0.1).every(${Math.ceil(fall / 3)})`, piecewise: `Piecewise((${2 * quarter}, ${3 * quarter}), (1, 0.1, 0.01))`,
    "inverse time": `InverseTime(${fall / 5})`, "inverse sqrt": `InverseSqrt(${Math.max(start, 1)})`,
    restarts: `Cosine(${Math.ceil(fall / 15)}).cycle(4, stretch=2)`, "one cycle": `Anneal(${fall}, 1, 4e-6, "cosine")`,
  };
  const chain = rise ? [choice.family === "one cycle" ? `Anneal(${rise}, 0.04, 1, "cosine")` : `Warmup(${rise})`] : [];
  if (!fall) chain.push("Constant()");
  else {
    if (start > rise) chain.push(`Constant(1, ${start - rise})`);
    chain.push(pieces[choice.family] + (floorOf(choice) ? `.floor(${floorOf(choice)})` : ""));
  }
  const used = ["Anneal", "Constant", "Cosine", "Exponential", "InverseSqrt", "InverseTime", "Linear", "Piecewise", "Polynomial", "Warmup"];
  const names = used.filter((name) => chain.some((piece) => piece.startsWith(`${name}(`)));
  const written = chain.length > 1 ? `(\n    ${chain.join("\n    >> ")}\n)` : chain[0];
  return `from lrdecay_lib.schedules import ${names.join(", ")}\n\nschedule = ${choice.peak} * ${written}`;
}

// the lines that compute `share`, a share of the peak, from t; `from` and `low`, `high` are how the library spells them
function formula(choice, from, low, high) {
  const { family } = choice;
  const floor = floorOf(choice);
  const { rise, fall, start } = lengths(choice);
  const risen = family === "one cycle" ? `0.04 + 0.48 * (1 - ${from}.cos(math.pi * ${low("1", `t / ${rise}`)}))` : `t / ${rise}`;
  if (!fall) return [`share = ${rise ? low("1", risen) : "1"}`];
  const since = start ? `(t - ${start})` : "t";
  const past = (scale) => high("0", `${since} / ${scale}`);
  // half an update keeps a quotient away from whole numbers, where it could be rounded down
  const whole = (begin, scale) => `${from}.floor(${high("0", `(t - ${begin - 0.5}) / ${scale}`)})`;
  const [third, quarter, first] = [3, 4, 15].map((pieces) => Math.ceil(fall / pieces));
  const curves = {
    linear: "1 - p", cosine: `0.5 * (1 + ${from}.cos(math.pi * p))`, exponential: "0.01 ** p", step: "0.1 ** p", piecewise: "0.1 ** p",
    "1-sqrt": `1 - ${from}.sqrt(p)`, "inverse sqrt": "(1 + p) ** -0.5", "inverse time": "1 / (1 + p)", polynomial: "(1 - p) ** 2",
    tanh: `(math.tanh(3) - ${from}.tanh(9 * p - 6)) / (math.tanh(3) + math.tanh(6))`,
    restarts: `0.5 * (1 + ${from}.cos(math.pi * ${low("1", "p")}))`,
    "one cycle": `4e-6 + (1 - 4e-6) * 0.5 * (1 + ${from}.cos(math.pi * p))`,
  };
  const progress = {
    exponential: [`p = ${past(fall)}`],
    step: [`p = ${whole(start, third)}`],
    piecewise: [`p = ${low("2", whole(start + quarter, quarter))}`],
    "inverse time": [`p = ${past(fall / 5)}`],
    "inverse sqrt": [`p = ${past(Math.max(start, 1))}`],
    restarts: [
      `cycle = 2 ** ${low("3", `${from}.floor(${from}.log2(1 + ${high("0", `(t - ${start - 0.5}) / ${first}`)}))`)}`,
      `p = (1 + ${past(first)}) / cycle - 1`,
    ],
  }[family] || [`p = ${low("1", past(fall))}`];
  const lines = [...progress, `share = ${curves[family]}`];
  if (floor) lines.push(`share = ${floor} + ${Number((1 - floor).toPrecision(12))} * share`);
  if (rise) lines.push(`share = ${low(risen, "share")}`);
  return lines;
}

// an optimizer's name in each library; AdamW's weight decay is written out, since each library has its own default
const OPTIMIZERS = { SGD: "sgd", Adam: "adam", AdamW: "adamw" };
const optimizerIn = (library, rate) => {
  const decay = named() === "AdamW" ? ", weight_decay=0.01" : "";
  if (library === "PyTorch") return `torch.optim.${named()}(model.parameters(), lr=${rate}${decay})`;
  return `${library === "Keras" ? `keras.optimizers.${named()}` : `optax.${OPTIMIZERS[named()]}`}(${rate}${decay})`;
};

const twice = (lines, spaces) => lines.map((line) => " ".repeat(spaces) + line);
const CODE = {
  "this library": ownCode,
  Keras: (choice) => ["import math", "", "import keras", "from keras import ops", "from keras.optimizers.schedules import LearningRateSchedule", "",
    "class Schedule(LearningRateSchedule):", "    def __call__(self, step):",
    "        t = ops.cast(step, keras.config.floatx())",
    ...twice(formula(choice, "ops", (a, b) => `ops.minimum(${a}, ${b})`, (a, b) => `ops.maximum(${a}, ${b})`), 8),
    `        return ${choice.peak} * share`, "", "    def get_config(self):", "        return {}", "",
    `optimizer = ${optimizerIn("Keras", "Schedule()")}`].join("\n"),
  PyTorch: (choice) => ["import math", "", "import torch", "", "def share_of_peak(t):",
    ...twice(formula(choice, "math", (a, b) => `min(${a}, ${b})`, (a, b) => `max(${a}, ${b})`), 4),
    "    return share", "", `optimizer = ${optimizerIn("PyTorch", choice.peak)}`,
    "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, share_of_peak)"].join("\n"),
  optax: (choice) => ["import math", "", "import jax.numpy as jnp", "import optax", "", "def schedule(t):",
    ...twice(formula(choice, "jnp", (a, b) => `jnp.minimum(${a}, ${b})`, (a, b) => `jnp.maximum(${a}, ${b})`), 4),
    `    return ${choice.peak} * share`, "", `optimizer = ${optimizerIn("optax", "schedule")}`].join("\n"),
};
const real = (value) => (Number.isInteger(value) ? `${value}.0` : String(value)); // Keras refuses a whole number
const ANSWERS = { // the rule that answers to the loss: each library has its own
  Keras: ({ peak, floor }) => `import keras\n\noptimizer = ${optimizerIn("Keras", real(peak))}\n# once an epoch: make an epoch a twentieth of the run\nrule = keras.callbacks.ReduceLROnPlateau(\n    "val_loss", factor=0.5, patience=3, min_delta=0, min_lr=${peak * floor / 100}\n)`,
  PyTorch: ({ peak, floor }) => `import torch\n\noptimizer = ${optimizerIn("PyTorch", peak)}\n# rule.step(validation_loss), twenty times in the run\nrule = torch.optim.lr_scheduler.ReduceLROnPlateau(\n    optimizer, factor=0.5, patience=2, threshold=0, min_lr=${peak * floor / 100}\n)`,
  optax: ({ peak, floor, updates }) => `import optax\n\noptimizer = optax.chain(\n    ${optimizerIn("optax", peak)},\n    optax.contrib.reduce_on_plateau(\n        factor=0.5, patience=3, rtol=0.0, atol=1e-12, min_scale=${floor / 100},\n        accumulation_size=${Math.max(Math.floor(updates / 20), 1)},\n    ),\n)`,
};

function code(choice, library) {
  if (choice.family === "keras") {
    const values = Object.entries(choice.config.config).map(([key, value]) => `    ${key}=${JSON.stringify(value).replace("null", "None").replace("true", "True").replace("false", "False")},`);
    return `import keras\n\nschedule = keras.optimizers.schedules.${choice.config.class_name}(\n${values.join("\n")}\n)`;
  }
  const text = (choice.family === "plateau" && ANSWERS[library] ? ANSWERS : CODE)[library](choice);
  return text.includes("math.") ? text : text.replace("import math\n\n", "");
}

// --- drawing ---

// at most about so many updates of a run, with both sides of every edge
function sample(edges, updates, log, most = 300) {
  const last = updates - 1;
  const at = new Set(edges.flatMap((t) => [t - 1, t]).filter((t) => t >= 0 && t <= last));
  for (let i = 0; i <= most; i++) at.add(log ? Math.round((last + 1) ** (i / most)) - 1 : Math.round((i * last) / most));
  return [...at].sort((a, b) => a - b);
}

function rateLine(choice, log) {
  const { edges, at } = shape(choice);
  const x = sample(edges, choice.updates, log);
  return { x, y: x.map((t) => choice.peak * at(t)) };
}

// of a computed course the points that a picture needs
function lossLine({ t, loss }, log) {
  const most = Math.min(300, t.length - 1);
  const last = t.length - 1;
  const picked = [...new Set(Array.from({ length: most + 1 }, (_, i) => (log ? Math.round((last + 1) ** (i / most)) - 1 : Math.round((i * last) / most))))];
  return { x: picked.map((i) => t[i]), y: picked.map((i) => (loss[i] < TOO_MUCH ? loss[i] : null)) };
}

function lineOf(choice) {
  const line = DATA.lines[choice.family] || {};
  return { dash: line.dash, color: document.documentElement.dataset.theme === "dark" ? line.dark : line.color };
}

function pinLine(i) {
  const { color, dark, dash } = DATA.pins[i];
  return { dash, color: document.documentElement.dataset.theme === "dark" ? dark : color, width: 1.8 };
}

const PEAKS = Array.from({ length: 46 }, (_, i) => 10 ** (-2 + i / 15));

function show() {
  const [logRate, logUpdate] = ["log-rate", "log-update"].map((name) => part(`explorer-${name}`).checked);
  const rival = { ...chosen, family: "constant" };
  const others = pinned.length ? pinned.map((choice, i) => [choice, { ...pinLine(i), name: `pin ${"ABCD"[i]}` }])
    : chosen.family === "constant" ? [] : [[rival, { color: "#888888", dash: "1.5 3", width: 1.8, name: "constant" }]];
  const all = [...others, [chosen, { ...lineOf(chosen), name: "chosen" }]].map(([choice, line]) => {
    const made = course(choice);
    return { choice, line, made, last: made.loss.at(-1), too: made.t[made.loss.findIndex((loss) => !(loss < TOO_MUCH))], runs: runsOf(choice) };
  });
  const mine = all.at(-1);
  const longest = Math.max(...all.map(({ choice }) => choice.updates));
  const updates = { title: "update", log: logUpdate, range: [logUpdate ? 1 : 0, longest] };

  plot(part("plot-rate"), { lines: all.map(({ choice, line }) => ({ ...line, ...rateLine(choice, logUpdate) })), x: updates, y: { title: "learning rate", log: logRate } });
  plot(part("plot-loss"), {
    lines: all.map(({ made, line }) => ({ ...line, ...lossLine(made, logUpdate) })), x: updates, y: { title: "expected loss", log: true },
    notes: all.filter(({ too }) => too !== undefined).map(({ too, line }) => `${line.name} diverges at update ${whole(too)}`),
  });
  const real = all.filter(({ runs }) => typeof runs === "object");
  plot(part("plot-runs"), {
    lines: real.map(({ choice, line, runs }) => ({ ...line, x: runs.marks.map((_, i) => (i * choice.updates) / (runs.marks.length - 1)), y: runs.marks, low: runs.low, high: runs.high })),
    x: { title: "update", range: [0, Math.max(...real.map(({ choice }) => choice.updates), 1)] }, y: { title: "excess loss", log: true },
    notes: typeof mine.runs === "string" ? ["no real runs"] : [],
  });
  const peaks = [...new Set([...PEAKS, chosen.peak])].sort((a, b) => a - b);
  for (const one of all) one.finals = finals(one.choice, peaks);
  const shown = (values) => values.map((value) => (value < 100 ? value : null));
  const trained = typeof mine.runs === "object" ? DATA.settings.peak.stops.map((x, i) => ({ x, y: mine.runs.all[i].at(-3) })) : [];
  plot(part("plot-peaks"), {
    lines: all.map(({ choice, line, last, finals: losses }) => ({
      ...line, x: peaks, y: shown(losses),
      ...(choice === chosen && last < 100 ? { dot: peaks.indexOf(chosen.peak) } : {}), marks: choice === chosen ? trained : [],
    })),
    x: { title: "peak rate", log: true, range: [Math.min(0.01, chosen.peak), 10] }, y: { title: "loss at the end", log: true },
  });
  captions(all, mine, peaks);
  part("explorer-code").textContent = code(chosen, part("explorer-library").value);
  part("explorer-code-for").hidden = chosen.family === "keras";
  // pasted code, and the library's own, name no optimizer
  part("explorer-optimizer-of").hidden = chosen.family === "keras" || part("explorer-library").value === "this library";
  part("explorer-optimizer").value = named();
}

function captions(all, mine, peaks) {
  const { rise, fall, start } = lengths(chosen);
  const steady = !pinned.length && all.length > 1 ? all[0] : null;
  const against = (value) => (steady && value !== undefined ? `; at a constant rate (dotted) it ${end(value)}` : "");
  const { at } = shape(chosen);
  part("plot-rate-caption").textContent = [rise && `${whole(rise)} updates of warmup`, fall && `the decay begins at update ${whole(start)}`,
    `the last update has the rate ${short(chosen.peak * at(chosen.updates - 1))}`].filter(Boolean).join(", ").replace(/^./, (letter) => letter.toUpperCase()) + ".";
  part("plot-loss-caption").textContent = `It ${mine.too === undefined ? end(mine.last) : `diverges at update ${whole(mine.too)}, where it passes ${whole(TOO_MUCH)}`}${against(steady?.last)}.`
    + (chosen.peak < SMALL ? " This is plain gradient descent, for which the peak is small. If yours is a rate for Adam, take the shape and the code from here, not the loss." : "");
  const ran = (runs) => (typeof runs === "object" ? runs.marks.at(-1) : undefined);
  part("plot-runs-caption").textContent = typeof mine.runs === "string" ? mine.runs
    : `Median of ${DATA.seeds} seeds, and the middle half at the end. It ${end(ran(mine.runs))}${against(ran(steady?.runs))}.`;
  const losses = mine.finals;
  const best = losses.indexOf(Math.min(...losses));
  part("plot-peaks-caption").textContent = `The quadratic ends lowest, at ${short(losses[best])}, with the peak ${short(peaks[best])}${mine.last < 100 ? "; yours is the dot" : ""}.`
    + (typeof mine.runs === "object" ? " Circles: the real runs' loss at each peak." : "");
  const rows = [mine, ...all.slice(0, -1)].map(({ choice, line, last, too, runs }) => {
    const index = line.name.startsWith("pin") ? "ABCD".indexOf(line.name.at(-1)) : -1;
    const buttons = index < 0 ? "" : `<button type="button" data-show="${index}">Choose</button> <button type="button" data-remove="${index}">Remove</button>`;
    const sign = `<svg width="36" height="12" aria-hidden="true"><path d="M0 6H36" stroke="${line.color || "currentColor"}" stroke-width="${line.width || 2.5}"${line.dash ? ` stroke-dasharray="${line.dash}"` : ""}/></svg>`;
    return `<tr><th scope="row">${sign} ${line.name}</th><td>${describe(choice)}</td><td>${too === undefined ? short(last) : `diverges at update ${whole(too)}`}</td>`
      + `<td>${typeof runs === "object" ? `${short(runs.marks.at(-1))} (${short(runs.low)} to ${short(runs.high)})` : "none"}</td><td>${buttons}</td></tr>`;
  });
  part("explorer-rows").innerHTML = rows.join("");
}

// --- what the reader does ---

function choose(changes, sentence = "") {
  chosen = { ...chosen, ...changes };
  if (chosen.family !== "keras") delete chosen.config;
  say(sentence);
  fillForm();
  show();
}

async function copy(text, words, otherwise) {
  try {
    await navigator.clipboard.writeText(text);
    say(words);
  } catch { otherwise(); }
}

function save(name, content) {
  const link = document.createElement("a");
  link.href = typeof content === "string" ? content : URL.createObjectURL(content);
  link.download = name;
  link.click();
}

const PLOTS = ["plot-rate", "plot-loss", "plot-runs", "plot-peaks"];

function table() {
  const rows = ["picture,line,x,y"];
  for (const name of PLOTS) for (const line of part(name).data) line.x.forEach((x, i) => rows.push(`${name.slice(5)},${line.name},${x},${line.y[i] ?? ""}`));
  const notes = [chosen, ...pinned].map((choice, i) => `# ${i ? `pin ${"ABCD"[i - 1]}` : "chosen"}: ${describe(choice).replace(/\u00a0/g, " ")}`);
  return `${[...notes, ...rows].join("\n")}\n`;
}

async function picture() {
  const style = getComputedStyle(page);
  const canvas = document.createElement("canvas");
  const [wide, high] = [Math.max(...PLOTS.map((name) => part(name).clientWidth)), Math.max(...PLOTS.map((name) => part(name).clientHeight)) + 24];
  const scale = 2; // sharp on paper too
  [canvas.width, canvas.height] = [2 * wide * scale, (2 * high + 24) * scale];
  const ink = canvas.getContext("2d");
  ink.scale(scale, scale);
  ink.fillStyle = style.getPropertyValue("--pst-color-background").trim() || "#ffffff";
  ink.fillRect(0, 0, 2 * wide, 2 * high + 24);
  ink.fillStyle = style.color;
  ink.font = "bold 13px sans-serif";
  ink.fillText(describe(chosen), 8, 16);
  for (const [i, name] of PLOTS.entries()) {
    const svg = part(name).querySelector("svg").cloneNode(true);
    svg.setAttribute("color", style.color);
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
    await image.decode();
    ink.fillText(part(`${name}-title`).textContent, (i % 2) * wide + 8, 24 + Math.floor(i / 2) * high + 16);
    ink.drawImage(image, (i % 2) * wide, 24 + Math.floor(i / 2) * high + 22);
  }
  return canvas.toDataURL("image/png");
}

const ACTIONS = {
  "explorer-reset": () => { pinned = []; optimizer = ""; chosen = { ...FIRST }; for (const name of switches()) part(`explorer-${name}`).checked = false; choose({}); },
  "explorer-pin": () => {
    if (pinned.length === DATA.pins.length) return say(`${pinned.length} are pinned already: remove one first.`);
    pinned.push({ ...chosen });
    choose({}, `Pinned as ${"ABCD"[pinned.length - 1]}: move a setting to compare.`);
  },
  "explorer-link": () => { writeAddress(); copy(location.href, "The link is copied.", () => say("Copy the address of this page: it holds the settings.")); },
  "explorer-csv": () => save("schedule.csv", new Blob([table()], { type: "text/csv" })),
  "explorer-png": async () => save("schedule.png", await picture()),
  "explorer-copy": () => copy(part("explorer-code").textContent, "The code is copied.", () => {
    getSelection().selectAllChildren(part("explorer-code"));
    say("The code is selected: copy it with your keyboard.");
  }),
  "explorer-keras-draw": () => {
    try {
      const config = readKeras(part("explorer-keras").value);
      const { decay_steps: steps, first_decay_steps: first, warmup_steps: warm, warmup_target: target, boundaries } = config.config;
      // a run that shows the whole of it
      const length = Math.round(boundaries ? Math.max(...boundaries) * 1.3 : first ? first * 7 : steps + (target == null ? 0 : warm));
      const [updates] = within("updates", length);
      const peak = kerasPeak(config, updates);
      const { low, high } = DATA.settings.peak;
      if (!(peak >= low && peak <= high)) return say(`Its highest rate is ${peak}: the explorer draws ${low} to ${high}.`);
      choose({ family: "keras", config, updates, peak }, `${config.class_name} is drawn, over ${whole(updates)} updates. The peak scales it.`);
    } catch (error) {
      say(error.message);
    }
  },
  "explorer-epochs-use": () => {
    const [epochs, samples, batch] = ["epochs", "samples", "batch"].map((name) => Number(part(`explorer-${name}`).value));
    if (!(epochs > 0 && samples >= 1 && batch >= 1)) return say("Epochs, samples and batch size must be above 0.");
    const [updates, sentence] = within("updates", Math.round(epochs * Math.ceil(samples / batch)));
    choose({ updates }, sentence || `${epochs} epochs of ${whole(Math.ceil(samples / batch))} updates are ${whole(updates)} updates.`);
  },
};

let drawing = 0;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", ({ target }) => {
  const { name, value } = target;
  if (NAMES.includes(name)) chosen = { ...chosen, [name]: DATA.settings[name].stops[value] };
  else if (name.endsWith("-typed")) {
    const [typed, sentence] = within(name.slice(0, -6), value);
    if (sentence) return; // half typed: it is answered when it is finished
    chosen = { ...chosen, [name.slice(0, -6)]: typed };
  } else return;
  say("");
  fillForm();
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(show); // once for all moves between two pictures
});
page.addEventListener("change", ({ target }) => {
  const { name, value, id } = target;
  if (name === "family") {
    const habit = DATA.habits[value] || {};
    const set = Object.entries(habit).filter(([key, number]) => chosen[key] !== number);
    choose({ family: value, ...habit }, set.length ? `As it is commonly used: ${set.map(([key, number]) => `${key} ${number}\u00a0%`).join(", ")}.` : "");
  } else if (name?.endsWith("-typed")) {
    const key = name.slice(0, -6);
    const [typed, sentence] = within(key, value);
    choose({ [key]: typed }, sentence);
    target.value = typed;
  } else if (id === "explorer-preset" && value) {
    choose({ ...FIRST, ...DATA.presets[value] });
    target.value = "";
  } else if (id === "explorer-optimizer") {
    optimizer = value;
    show();
  } else if (["explorer-library", "explorer-log-rate", "explorer-log-update"].includes(id)) show();
  writeAddress();
});
page.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  const { show: index, remove } = button.dataset;
  if (index !== undefined) { chosen = { ...pinned[index] }; choose({}); }
  else if (remove !== undefined) { pinned.splice(remove, 1); choose({}, "Removed."); part("explorer-pin").focus(); }
  else ACTIONS[button.id]?.();
  writeAddress();
});
window.addEventListener("hashchange", () => { readAddress(); show(); });
// the site's button for light and dark sets an attribute of the page
new MutationObserver(show).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
page.hidden = false;
readAddress();
show();
let width = page.clientWidth;
new ResizeObserver(() => { if (page.clientWidth !== width) { width = page.clientWidth; show(); } }).observe(page);
