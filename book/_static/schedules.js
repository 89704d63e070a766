// Schedules and their expected losses on a noisy quadratic, as tools/make_book/explorer.py builds them from the
// library. The explorer and every figure that moves compute with these functions; the tests compare them with
// the library. DATA, the explorer's own problem, comes from explorer_data.js, which the site's build writes; a page
// without it names its problem, { eigenvalues, noise, start }.
//
// A choice is { family, peak, warmup, decay, floor, updates }: warmup and decay in percent of the run, floor in
// percent of the peak. The family "keras" has a `config` instead of warmup, decay and floor (keras.js).

// in updates: how long the warmup is, when the decay starts and how long it is
function lengths({ family, warmup, decay, updates }) {
  if (family === "one cycle") [warmup, decay] = [30, 100]; // its own, whatever the others have
  if (["constant", "plateau", "keras"].includes(family)) return { rise: 0, fall: 0, start: updates };
  const rise = Math.floor((updates * warmup + 50) / 100);
  const fall = Math.min(Math.floor((updates * decay + 50) / 100), updates - rise);
  return { rise, fall, start: updates - fall };
}

const floorOf = ({ family, floor }) => (family === "one cycle" ? 0 : floor / 100);

// what is left of the peak, without the floor: t updates into a decay of `fall` that began at `start`
const SHAPES = {
  linear: (t, fall) => 1 - t / fall,
  cosine: (t, fall) => 0.5 * (1 + Math.cos((Math.PI * t) / fall)),
  "1-sqrt": (t, fall) => 1 - Math.sqrt(t / fall),
  polynomial: (t, fall) => (1 - t / fall) ** 2,
  tanh: (t, fall) => (Math.tanh(3) - Math.tanh((9 * t) / fall - 6)) / (Math.tanh(3) + Math.tanh(6)),
  exponential: (t, fall) => 0.01 ** (t / fall),
  step: (t, fall) => 0.1 ** Math.floor(t / Math.ceil(fall / 3)),
  piecewise: (t, fall) => [1, 1, 0.1][Math.floor(t / Math.ceil(fall / 4))] ?? 0.01,
  "inverse time": (t, fall) => 1 / (1 + (5 * t) / fall),
  "inverse sqrt": (t, fall, start) => (1 + t / Math.max(start, 1)) ** -0.5,
  restarts: (t, fall) => {
    const first = Math.ceil(fall / 15); // the first of four cycles, each twice as long as the one before
    const scale = [7, 3, 1].map((n) => t >= n * first).indexOf(true);
    const length = scale < 0 ? 1 : [8, 4, 2][scale];
    return 0.5 * (1 + Math.cos(Math.PI * Math.min((t / first - length + 1) / length, 1)));
  },
  "one cycle": (t, fall) => 4e-6 + (1 - 4e-6) * 0.5 * (1 + Math.cos((Math.PI * t) / fall)),
};

// where a decay jumps, in updates since it began
const JUMPS = {
  step: (fall) => [1, 2].map((n) => n * Math.ceil(fall / 3)),
  piecewise: (fall) => [2, 3].map((n) => n * Math.ceil(fall / 4)),
  restarts: (fall) => [1, 3, 7].map((n) => n * Math.ceil(fall / 15)),
};

// a schedule as a share of its peak: `at` a 0-based update, and the edges between which it neither bends nor jumps
function shape(chosen) {
  const { family, updates } = chosen;
  const floor = floorOf(chosen);
  if (family === "constant") return { edges: [0, updates], at: () => 1 };
  if (family === "plateau") return plateau(chosen);
  if (family === "keras") return kerasShape(chosen);
  const { rise, fall, start } = lengths(chosen);
  const rising = family === "one cycle" ? (t) => 0.04 + 0.48 * (1 - Math.cos((Math.PI * t) / rise)) : (t) => t / rise;
  const at = (t) => {
    if (t < rise) return rising(t);
    if (t < start || !fall) return 1;
    return floor + (1 - floor) * SHAPES[family](t - start, fall, start);
  };
  const jumps = fall && JUMPS[family] ? JUMPS[family](fall).map((t) => start + t).filter((t) => t < updates) : [];
  return { edges: [...new Set([0, rise, start, ...jumps, updates])].sort((a, b) => a - b), at };
}

// Half the rate after three looks without a new best loss; it looks at the expected loss twenty times a run
function plateau({ peak, floor, updates }) {
  const every = Math.max(Math.floor(updates / 20), 1);
  const [edges, shares, moments] = [[0], [], new Moments()];
  let [share, best, waited] = [1, Infinity, 0];
  while (edges.at(-1) < updates) {
    const count = Math.min(every, updates - edges.at(-1));
    moments.move(peak * share, count);
    shares.push(share);
    edges.push(edges.at(-1) + count);
    const loss = moments.loss();
    waited = loss < best ? 0 : waited + 1;
    best = Math.min(best, loss);
    if (waited === 3) [share, waited] = [Math.max(share / 2, floor / 100), 0];
  }
  return { edges, at: (t) => shares[Math.min(Math.floor(t / every), shares.length - 1)] };
}

// the rate of each update
function rates(chosen) {
  const { at } = shape(chosen);
  return Float64Array.from({ length: chosen.updates }, (_, t) => chosen.peak * at(t));
}

// the second moments of the quadratic's coordinates, from which its expected loss follows: NoisyQuadratic.expectation
class Moments {
  constructor(problem = DATA) {
    this.h = Float64Array.from(problem.eigenvalues);
    this.noise = Float64Array.from(problem.noise);
    this.A = new Float64Array(this.h.length).fill(problem.start ** 2);
  }

  loss() {
    let sum = 0;
    for (let i = 0; i < this.A.length; i++) sum += this.h[i] * this.A[i];
    return Number.isNaN(sum) ? Infinity : sum / 2;
  }

  // `count` updates with the same rate, at once: the geometric sum of what each adds
  move(rate, count) {
    for (let i = 0; i < this.A.length; i++) {
      const x = rate * this.h[i];
      const noise = rate * rate * this.noise[i];
      if (count === 1) this.A[i] = (1 - x) * (1 - x) * this.A[i] + noise;
      else {
        const power = count * 2 * (x < 1 ? Math.log1p(-x) : Math.log(x - 1));
        const lost = x * (2 - x);
        this.A[i] = Math.exp(power) * this.A[i] + noise * (lost ? -Math.expm1(power) / lost : count);
      }
    }
  }
}

// the expected loss before the first update and after each, for any rates
function expectation(rate, problem) {
  const moments = new Moments(problem);
  const losses = [moments.loss()];
  for (const one of rate) {
    moments.move(one, 1);
    losses.push(moments.loss());
  }
  return losses;
}

// a step decay as a share of its first rate, and what the article's function makes of it (lesson 3.2)
const stairs = (t, step, factor) => factor ** Math.floor(t / step);
const sawtooth = (t, step, factor) => (t < step ? 1 : factor ** (step - (t % step)));

// The run in blocks of one rate each. Up to `most` updates a block is one update, and the loss is exact. A longer
// run's blocks grow from one update to updates / most within each piece between two edges, with the rate of their
// middle; the tests hold what that changes below a part in a thousand.
function blocks(chosen, most) {
  const { edges, at } = shape(chosen);
  const [counts, shares, size] = [[], [], Math.ceil(chosen.updates / most)];
  for (let k = 0; k + 1 < edges.length; k++) {
    for (let t = edges[k], count; t < edges[k + 1]; t += count) {
      count = Math.min(size, 1 + Math.floor((t - edges[k]) / 64), edges[k + 1] - t);
      counts.push(count);
      shares.push(at(t + (count - 1) / 2));
    }
  }
  return { counts, shares };
}

const TOO_MUCH = 1e4; // a loss above it counts as diverged, here and in the pictures
const MOST = 10_000; // updates that are computed one by one

// the expected loss before the first update and at the end of each block, with the updates made until then
function course(chosen, most = MOST) {
  const { counts, shares } = blocks(chosen, most);
  const moments = new Moments();
  const [t, loss] = [[0], [moments.loss()]];
  for (let k = 0; k < counts.length; k++) {
    moments.move(chosen.peak * shares[k], counts[k]);
    t.push(t[k] + counts[k]);
    loss.push(moments.loss());
  }
  return { t, loss };
}

// the loss at the end, for each of these peaks: exact up to 2,000 updates and for rates that stay for long, else in
// so few blocks that it is good for a picture only, to a part in a hundred
function finals(chosen, peaks) {
  const planned = chosen.family !== "plateau" && (chosen.family === "constant" ? { counts: [chosen.updates], shares: [1] }
    : blocks(chosen, chosen.updates <= 2000 ? 2000 : 400));
  return peaks.map((peak) => {
    let { counts, shares } = planned;
    if (!planned) {
      const { edges, at } = plateau({ ...chosen, peak });
      counts = edges.slice(1).map((edge, k) => edge - edges[k]);
      shares = edges.slice(0, -1).map(at);
    }
    const moments = new Moments();
    for (let k = 0; k < counts.length; k++) {
      moments.move(peak * shares[k], counts[k]);
      if (moments.loss() > TOO_MUCH) return Infinity; // what comes after is of no use to anybody
    }
    return moments.loss();
  });
}
