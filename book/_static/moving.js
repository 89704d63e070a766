// The figures of lessons that answer to sliders (book/moving.toml says what is seen). FIGURES has a function for
// each lesson: of the settings it makes { panels, says }, the panels as plot.js takes them and a sentence with the
// numbers. All is exact, and with the settings at the start it is what the notebook drew; the tests compare it with
// the library and with the lesson's own code. A line that moving.toml does not name is a ruler.

const FIGURES = {
  "01_background": ({ curvature }) => {
    const kind = (factor) => (Math.abs(factor) > 1 + 1e-12 ? "diverges" : Math.abs(factor) > 1 - 1e-12 ? "swings for ever"
      : factor < 0 ? "swings and comes nearer" : "comes down from one side");
    const made = [0.1, 1.9, 2, 2.1];
    return {
      panels: made.map((rate) => {
        const x = numbers(16);
        const y = x.map((t) => (1 - rate * curvature) ** t);
        return {
          title: `Rate ${rate.toFixed(1)}`, x: { title: "update" }, y: { title: "x", range: [-4.5, 4.5] },
          lines: [{ name: "path", x, y, width: 1.5, marks: pointed(x, y.map((one) => (Math.abs(one) > 4.5 ? null : one))) }],
        };
      }),
      says: `Limit 2/h: ${said(2 / curvature)}. A rate of ${made.map((rate) => `${rate.toFixed(1)} ${kind(1 - rate * curvature)}`).join(", ")}.`,
    };
  },

  "02_1_concepts": ({ peak, timescale }) => {
    const rivals = {
      constant: () => peak,
      linear: (t) => peak * SHAPES.linear(t, 1000),
      "1/t": (t) => peak / (1 + t / timescale),
      "too fast": (t) => peak * 0.95 ** t,
      small: () => 0.02,
    };
    const product = (h) => `${said(peak * timescale * h)} at a curvature of ${h}`;
    return {
      panels: [1, 0.1].map((h) => ({
        title: `Curvature ${h.toFixed(1)}`, x: { title: "update" },
        y: { title: "expected loss", log: true, range: [1e-4, 20] },
        lines: Object.entries(rivals).map(([name, rate]) => ({
          name, x: numbers(1001), y: expectation(numbers(1000).map(rate), { eigenvalues: [h], noise: [1], start: 3 }),
        })),
      })),
      says: `Peak × timescale × curvature, of 1/t: ${product(1)}, ${product(0.1)}.`,
    };
  },

  "03_1_families": ({ run, peak }) => {
    const families = {
      step: (t) => stairs(t, run / 4, 0.3),
      exponential: (t) => 0.3 ** (t / (run / 4)),
      cosine: (t) => SHAPES.cosine(t, run),
      constant: () => 1,
    };
    const curvatures = spaced(0.003, 1, 16);
    const problem = { eigenvalues: curvatures, noise: curvatures.map(() => 1), start: 10 };
    const ends = Object.entries(families).map(([name, rate]) => {
      const moments = new Moments(problem);
      for (let t = 0; t < run; t++) moments.move(peak * rate(t), 1);
      return [name, curvatures.map((h, i) => (h * moments.A[i]) / 2)];
    });
    const level = ends.at(-1)[1];
    const lines = ends.map(([name, loss]) => ({ name, x: curvatures, y: loss.map((one, i) => one / level[i]) }));
    const wins = ({ name, y }) => `${name} at ${y.filter((one) => one < 1).length}`;
    return {
      panels: [{
        title: "Expected loss at the end, over that of the constant rate", x: { title: "curvature of the problem", log: true },
        y: { title: "loss over constant", log: true, range: [0.001, 200] }, lines,
      }],
      says: `Below the constant rate, of ${curvatures.length} curvatures: ${lines.slice(0, -1).map(wins).join(", ")}.`,
    };
  },

  "03_2_step_decay": ({ factor, step }) => {
    const updates = numbers(500);
    const rivals = {
      article: updates.map((t) => 0.1 * sawtooth(t, step, factor)),
      step: updates.map((t) => 0.1 * stairs(t, step, factor)),
      constant: updates.map(() => 0.1),
    };
    const problem = { eigenvalues: [1], noise: [1], start: 10 };
    const losses = Object.entries(rivals).map(([name, rate]) => ({ name, x: numbers(501), y: expectation(rate, problem) }));
    const [wrong, right] = losses.map(({ y }) => y.at(-1));
    return {
      panels: [
        {
          title: "Learning rate", x: { title: "update" }, y: { title: "rate", range: [0, 0.105] },
          lines: Object.entries(rivals).map(([name, y]) => ({ name, x: updates, y })),
        },
        { title: "Expected loss", x: { title: "update" }, y: { title: "loss", log: true, range: [1e-3, 100] }, lines: losses },
      ],
      says: `After 500 updates: sawtooth ${said(wrong)}, step decay ${said(right)}. The sawtooth has ${said(wrong / right)} times the loss.`,
    };
  },

  "04_3_worked_example": ({ factor, timescale }) => {
    const rate = (t) => 0.1 * factor ** (t / timescale);
    const [asked, claimed] = [10_000, 0.00004];
    const reached = Math.ceil((timescale * Math.log(claimed / 0.1)) / Math.log(factor));
    const x = spaced(100, 8.5e6, 300);
    const [lowest, highest] = [1e-5, 0.3];
    const mark = (at, y) => ({ x: at, y: at >= x[0] && y >= lowest ? y : null });
    const line = { name: "exponential", x, y: x.map(rate), marks: [mark(asked, rate(asked)), mark(reached, claimed)] };
    return {
      panels: [{
        title: "Learning rate", x: { title: "update", log: true, range: [100, 1e7] },
        y: { title: "rate", log: true, range: [lowest, highest] },
        lines: [line, { name: "article", x: [], y: [], marks: [{ x: asked, y: claimed, cross: true }] }],
      }],
      says: `After 10,000 updates ${said((asked / timescale) * Math.log2(1 / factor))} half-lives have passed, and the rate is `
        + `${said(rate(asked)) === "0" ? "below 1e−300" : said(rate(asked))}. It is first at or below 0.00004 at update ${reached.toLocaleString("en")}.`,
    };
  },

  "10_4_warmup": ({ start }) => {
    const peaks = spaced(2, 0.001, 400);
    const lengths = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128];
    const first = 1 / Math.cosh(start);
    const rise = {
      straight: (p, peak) => first * (1 - p) + peak * p,
      exponential: (p, peak) => first ** (1 - p) * peak ** p,
    };
    // whether a rise of `length` updates to the peak converges on cosh x - 1
    const holds = (shape, length, peak) => {
      let x = start;
      for (let t = 0; t < length + 200; t++) {
        x -= (t < length ? rise[shape](t / length, peak) : peak) * Math.sinh(x);
        if (Math.abs(x) > 2 * start) return false; // thrown out
      }
      return (x * x) / 2 < 1e-6;
    };
    const lines = Object.keys(rise).map((name) => ({
      name, x: lengths, y: lengths.map((length) => peaks.find((peak) => holds(name, length, peak)) ?? null),
    }));
    const none = (2 * start) / Math.sinh(start);
    const fewest = (name) => { let length = 0; while (!holds(name, length, 1)) length++; return length; };
    return {
      panels: [{
        title: `Gradient descent on cosh x − 1 from x = ${start}`, x: { title: "updates of warmup", log: true },
        y: { title: "largest peak that holds", log: true, range: [0.007, 3] },
        lines: [...lines, { name: "no warmup", x: [2, 128], y: [none, none] }],
      }],
      says: `The curvature at the start is ${said(1 / first)}. Without a warmup a peak of ${said(none)} holds. For a peak of 1 `
        + `a straight rise takes at least ${fewest("straight")}, an exponential one ${fewest("exponential")} updates.`,
    };
  },

  "10_5_unknown_length": ({ updates, distance }) => {
    const eigenvalues = numbers(12).map((i) => 10 ** ((-2.5 * i) / 11));
    const peaks = numbers(12).map((i) => Number((0.02 * 2 ** (i / 2)).toPrecision(6)));
    // [lowest expected loss over the peaks, the peak that has it]
    const best = (shape) => peaks.map((peak) => {
      const moments = new Moments({ eigenvalues, noise: eigenvalues, start: distance });
      for (const share of shape) moments.move(peak * share, 1);
      return [moments.loss(), peak];
    }).reduce((one, other) => (other[0] < one[0] ? other : one));
    const branch = (share, name) => {
      const fall = toEven(share * updates);
      return numbers(updates).map((t) => (t < updates - fall ? 1 : SHAPES[name](t - updates + fall, fall)));
    };
    const [line, linePeak] = best(branch(1, "linear"));
    const shares = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
    const x = shares.map((share) => 100 * share);
    const above = { straight: "linear", "1 − √": "1-sqrt" };
    const lines = Object.entries(above).map(([name, shape]) => {
      const found = shares.map((share) => best(branch(share, shape)));
      return { name, x, y: found.map(([loss]) => 100 * (loss / line - 1)), peaks: found.map(([, peak]) => peak) };
    });
    const all = lines.flatMap(({ y }) => y);
    const fifth = lines.map(({ name, y, peaks: had }) => `${name} ${said(y[3])} % (best peak ${said(had[3], 2)})`).join(", ");
    return {
      panels: [{
        title: "Loss above the best line’s, each share at its own best peak", x: { title: "cooldown, % of the run" },
        y: { title: "loss above, %", range: [Math.min(-5, ...all) * 1.2, Math.max(10, ...all) * 1.05] },
        lines: [...lines, { name: "the line", x: [0, 100], y: [0, 0] }],
      }],
      says: `Loss above the line’s with a cooldown over a fifth: ${fifth}. The line’s best peak: ${said(linePeak, 2)}.`,
    };
  },

  "10_7_averaging": ({ part, momentum }) => {
    const x = numbers(800);
    const last = toEven((800 * part) / 100);
    const y = {
      "mean of all": x.map((t) => 1 - t / 800),
      "mean of the last part": x.map((t) => Math.min((800 - t) / last, 1)),
      EMA: x.map((t) => 1 - momentum ** (800 - t)),
    };
    const sum = (values) => `${said((100 * values.reduce((total, one) => total + one, 0)) / 800)} %`;
    return {
      panels: [{
        title: "How much of each update’s gradient is in the average", x: { title: "update" }, y: { title: "share", range: [0, 1.05] },
        lines: Object.entries(y).map(([name, values]) => ({ name, x, y: values })),
      }],
      says: `Sum of the shares, as a part of a constant rate’s: ${Object.entries(y).map(([name, values]) => `${name} ${sum(values)}`).join(", ")}.`,
    };
  },

  "11_1_straight_line": ({ hold, power }) => {
    const forms = {
      constant: () => 1,
      cosine: (p) => (1 + Math.cos(Math.PI * p)) / 2,
      yours: (p) => Math.min(1, (1 - p) / (1 - hold / 100)) ** power,
    };
    const lengths = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000];
    const price = (form) => lengths.map((n) => guarantee(form, n) * Math.sqrt(n + 1));
    const fixed = (name) => { PRICES[name] ??= price(forms[name]); return PRICES[name]; };
    const yours = price(forms.yours);
    const printed = lengths.map((n) => Math.sqrt(1 + Math.log(n) / 4));
    const p = numbers(101).map((k) => k / 100);
    return {
      panels: [
        {
          title: "Rate, as a share of the peak", x: { title: "share of the run" }, y: { title: "rate", range: [0, 1.05] },
          lines: Object.entries(forms).map(([name, form]) => ({ name, x: p, y: p.map(form) })),
        },
        {
          title: "Worst case, over that of the line", x: { title: "updates N", log: true }, y: { title: "guarantee", range: [0.9, 2.6] },
          lines: [
            ...["constant", "cosine"].map((name) => ({ name, x: lengths, y: fixed(name) })), { name: "yours", x: lengths, y: yours },
            { name: "printed", x: [], y: [], marks: pointed(lengths, printed) },
          ],
        },
      ],
      says: `At 100,000 updates, in units of the line: yours ${said(yours.at(-1), 5)}, the cosine ${said(fixed("cosine").at(-1), 5)}, `
        + `the constant rate ${said(fixed("constant").at(-1), 5)}.`,
    };
  },
};

const PRICES = {}; // what does not move in 11.1, computed once

// The worst case of the last weights after n updates, at the schedule's best peak: lesson 11.1 derives it. `form` is
// the rate, on any scale, at each share of the run.
function guarantee(form, n) {
  const rate = new Float64Array(n);
  for (let t = 0; t < n; t++) rate[t] = form(t / n);
  return lowestOf((log) => {
    let U = Math.exp(log);
    let squares = U * U;
    for (let t = n - 1; t >= 0; t--) {
      const step = rate[t] / U;
      U += step;
      squares += step * step;
    }
    return Math.sqrt(squares) / U;
  }, -7, 7);
}

// The least value of a function with one valley, after Brent: a parabola through the three best places, or where
// that leads out of the interval a golden section.
function lowestOf(f, low, high) {
  const golden = (3 - Math.sqrt(5)) / 2;
  let best = low + golden * (high - low);
  let [second, third, moved, before] = [best, best, 0, 0];
  let [fBest, fSecond, fThird] = [f(best), 0, 0];
  [fSecond, fThird] = [fBest, fBest];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    const close = 1e-5;
    if (Math.abs(best - middle) <= 2 * close - (high - low) / 2) break;
    const r = (best - second) * (fBest - fThird);
    const q = (best - third) * (fBest - fSecond);
    let [p, d] = [(best - third) * q - (best - second) * r, 2 * (q - r)];
    if (d > 0) p = -p;
    d = Math.abs(d);
    if (Math.abs(before) > close && Math.abs(p) < Math.abs((d * before) / 2) && p > d * (low - best) && p < d * (high - best)) {
      [before, moved] = [moved, p / d];
      if (best + moved - low < 2 * close || high - best - moved < 2 * close) moved = best < middle ? close : -close;
    } else {
      before = best < middle ? high - best : low - best;
      moved = golden * before;
    }
    const place = best + (Math.abs(moved) < close ? Math.sign(moved) * close : moved);
    const value = f(place);
    if (value <= fBest) {
      if (place < best) high = best; else low = best;
      [third, second, best] = [second, best, place];
      [fThird, fSecond, fBest] = [fSecond, fBest, value];
    } else {
      if (place < best) low = place; else high = place;
      if (value <= fSecond || second === best) {
        [third, second] = [second, place];
        [fThird, fSecond] = [fSecond, value];
      } else if (value <= fThird || third === best || third === second) [third, fThird] = [place, value];
    }
  }
  return fBest;
}

function numbers(count) { return Array.from({ length: count }, (_, i) => i); }
function spaced(low, high, count) { return numbers(count).map((i) => low * (high / low) ** (i / (count - 1))); } // in equal ratios
function toEven(value) { return value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value); } // as Python rounds
function pointed(x, y) { return x.map((place, i) => ({ x: place, y: y[i] })); }
function said(value, digits = 3) {
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) >= 1e6 || (rounded && Math.abs(rounded) < 1e-4) ? value.toExponential(digits - 1).replace("-", "−")
    : rounded.toLocaleString("en", { maximumFractionDigits: 10 });
}

function begin(form) {
  const about = JSON.parse(form.dataset.about);
  const [panels, output] = [form.querySelector(".panels"), form.querySelector("output")];
  const inputs = [...form.querySelectorAll("input")];
  const isDark = () => document.documentElement.dataset.theme === "dark";
  output.id = `${about.name}-says`;

  function answer() {
    const settings = {};
    for (const input of inputs) {
      const { stops, unit } = about.sliders[input.name];
      settings[input.name] = stops[input.value];
      const shown = `${stops[input.value].toLocaleString("en", { maximumFractionDigits: 10 })}${unit && ` ${unit}`}`;
      input.labels[0].querySelector("b").textContent = shown;
      input.setAttribute("aria-valuetext", shown);
    }
    const made = FIGURES[about.name](settings);
    const look = (name) => {
      const { color, dark, dash } = about.lines[name] ?? {}; // a ruler has none: it is thin, in the colour of the text
      return color ? { dash, color: isDark() ? dark : color, width: 2 } : { color: "currentColor", width: 1.2 };
    };
    made.panels.forEach((panel, i) => {
      if (!panels.children[i]) {
        panels.insertAdjacentHTML("beforeend", `<div><p></p><div class="plot" role="img" id="${about.name}-${i}" aria-describedby="${output.id}"></div></div>`);
      }
      const [title, room] = panels.children[i].children;
      title.textContent = panel.title;
      room.setAttribute("aria-label", `${panel.title}, against ${panel.x.title}`);
      plot(room, { ...panel, lines: panel.lines.map((line) => ({ ...look(line.name), ...line })) });
    });
    output.textContent = made.says;
    const drawn = Object.fromEntries(made.panels.flatMap(({ lines }) => lines).map((line) => [line.name, line]));
    const signs = Object.values(drawn).map(({ name, x, marks }) => {
      const { color, dash = "", width } = look(name);
      const sign = x.length ? `<path d="M0 6H28" stroke-dasharray="${dash}"/>`
        : marks[0].cross ? '<path d="M9 1l10 10m0-10l-10 10"/>' : '<circle cx="14" cy="6" r="4"/>';
      return `<li><svg viewBox="0 0 28 12" aria-hidden="true" fill="none" stroke="${color}" stroke-width="${width}">${sign}</svg>${name}</li>`;
    });
    form.querySelector(".key").innerHTML = signs.length < 2 ? "" : signs.join("");
  }

  let asked = 0; // a finger moves faster than the screen
  const soon = () => { asked ||= requestAnimationFrame(() => { asked = 0; answer(); }); };
  form.hidden = false;
  try { answer(); } catch (error) { form.hidden = true; throw error; }
  form.parentElement.classList.add("moves"); // from here on the notebook's picture is for paper
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(answer));
  form.addEventListener("submit", (event) => event.preventDefault());
  new MutationObserver(soon).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  let width = form.clientWidth;
  new ResizeObserver(() => { if (form.clientWidth !== width) { width = form.clientWidth; soon(); } }).observe(form);
}

document.querySelectorAll("form.moving").forEach(begin);
