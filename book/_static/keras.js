// Keras's own schedules, from the configuration that their get_config gives: the explorer's family "keras", which
// schedules.js asks for its shape.

const fraction = (t, steps, staircase) => (staircase ? Math.floor(t / steps) : t / steps);
const mixed = (share, low) => (1 - low) * share + low;
const wave = (p) => 0.5 * (1 + Math.cos(Math.PI * p));
const KERAS = {
  ExponentialDecay: (c) => (t) => c.initial_learning_rate * c.decay_rate ** fraction(t, c.decay_steps, c.staircase),
  InverseTimeDecay: (c) => (t) => c.initial_learning_rate / (1 + c.decay_rate * fraction(t, c.decay_steps, c.staircase)),
  PiecewiseConstantDecay: (c) => (t) => c.values[c.boundaries.filter((b) => t > b).length],
  PolynomialDecay: (c) => (t) => {
    const steps = c.decay_steps * (c.cycle && t ? Math.ceil(t / c.decay_steps) : 1);
    return (c.initial_learning_rate - c.end_learning_rate) * (1 - Math.min(t, steps) / steps) ** c.power + c.end_learning_rate;
  },
  CosineDecay: (c) => (t) => {
    const warm = c.warmup_target === null || c.warmup_target === undefined ? 0 : c.warmup_steps;
    const top = warm || c.warmup_target ? c.warmup_target ?? c.initial_learning_rate : c.initial_learning_rate;
    if (t < warm) return c.initial_learning_rate + ((top - c.initial_learning_rate) * t) / warm;
    return top * mixed(wave(Math.min((t - warm) / c.decay_steps, 1)), c.alpha);
  },
  CosineDecayRestarts: (c) => (t) => {
    let [begin, length, height] = [0, c.first_decay_steps, 1];
    if (c.t_mul === 1) {
      const run = Math.floor(t / length);
      [begin, height] = [run * length, c.m_mul ** run];
    } else while (t >= begin + length) [begin, length, height] = [begin + length, length * c.t_mul, height * c.m_mul];
    return c.initial_learning_rate * mixed(height * wave((t - begin) / length), c.alpha);
  },
};

// what a configuration without its class belongs to: the key that only this class has
const KERAS_KEYS = {
  boundaries: "PiecewiseConstantDecay", first_decay_steps: "CosineDecayRestarts", end_learning_rate: "PolynomialDecay",
  warmup_steps: "CosineDecay", alpha: "CosineDecay",
};
const KERAS_DEFAULTS = {
  ExponentialDecay: { staircase: false }, InverseTimeDecay: { staircase: false }, PiecewiseConstantDecay: {},
  PolynomialDecay: { end_learning_rate: 0.0001, power: 1, cycle: false },
  CosineDecay: { alpha: 0, warmup_target: null, warmup_steps: 0 },
  CosineDecayRestarts: { t_mul: 2, m_mul: 1, alpha: 0 },
};
const KERAS_LENGTH = ["decay_steps", "first_decay_steps", "warmup_steps"];

// { class_name, config } of what was pasted; an Error says what is wrong with it
function readKeras(text) {
  let given;
  try {
    // Python prints a dict with its own quotes and constants
    given = JSON.parse(/^[^"]*$/.test(text) ? text.replace(/'/g, '"').replace(/\bNone\b/g, "null").replace(/\bTrue\b/g, "true").replace(/\bFalse\b/g, "false") : text);
  } catch {
    throw new Error("This is no JSON: paste what json.dumps(schedule.get_config()) prints.");
  }
  const inner = given?.config ?? given;
  const key = Object.keys(KERAS_KEYS).find((name) => inner && typeof inner === "object" && name in inner);
  const name = given?.class_name ?? (Object.hasOwn(KERAS, inner?.name) ? inner.name : KERAS_KEYS[key]);
  if (!Object.hasOwn(KERAS, name)) throw new Error(`No schedule of Keras was recognised${name ? ` in ${name}` : ""}: known are ${Object.keys(KERAS).join(", ")}.`);
  const config = { ...KERAS_DEFAULTS[name], ...inner };
  delete config.name;
  const needed = name === "PiecewiseConstantDecay" ? ["boundaries", "values"]
    : ["initial_learning_rate", name === "CosineDecayRestarts" ? "first_decay_steps" : "decay_steps", ...(/Exp|Inv/.test(name) ? ["decay_rate"] : [])];
  const number = (value) => (Array.isArray(value) ? value.every(Number.isFinite) : Number.isFinite(value));
  for (const part of needed) if (!number(config[part])) throw new Error(`${name} needs numbers for ${part}.`);
  if (name === "PiecewiseConstantDecay" && config.values.length !== config.boundaries.length + 1) throw new Error("There must be one value more than boundaries.");
  for (const part of KERAS_LENGTH) if (part in config && !(config[part] >= (part === "warmup_steps" ? 0 : 1))) throw new Error(`${part} must be at least 1.`);
  if (name === "CosineDecayRestarts" && !(config.t_mul >= 1)) throw new Error("t_mul must be at least 1.");
  return { class_name: name, config };
}

const kerasRate = ({ class_name, config }) => KERAS[class_name](config);

// the highest rate of the first so many updates
function kerasPeak(pasted, updates) {
  const rate = kerasRate(pasted);
  const { config } = pasted;
  const places = [0, updates - 1, config.warmup_steps, config.boundaries?.map((b) => b + 1)].flat();
  return Math.max(...places.filter((t) => t >= 0 && t < updates).map(rate));
}

function kerasShape({ config: pasted, updates }) {
  const rate = kerasRate(pasted);
  const peak = kerasPeak(pasted, updates);
  const { warmup_steps: warm, warmup_target: target, decay_steps: steps, boundaries, first_decay_steps: first, t_mul: stretch } = pasted.config;
  const ends = boundaries ? boundaries.map((b) => b + 1) : [warm, (target == null ? 0 : warm) + steps];
  for (let [t, length] = [first, first]; stretch > 1 && t < updates; t += length) { ends.push(t); length *= stretch; }
  const edges = [0, ...ends.map(Math.ceil).filter((t) => t > 0 && t < updates), updates];
  return { edges: [...new Set(edges)].sort((a, b) => a - b), at: (t) => rate(t) / peak };
}
