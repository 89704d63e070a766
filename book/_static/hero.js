// The landing page's figure: move the peak, and the rates, the exact expected loss and the sentence follow.
// The losses are those of schedules.js. What is computed here is what hero.py computes with the library; the tests
// compare the two.
const hero = document.querySelector(".hero");
const ABOUT = JSON.parse(hero.dataset.about);

const heroRates = (name, peak) => Float64Array.from({ length: ABOUT.updates },
  (_, t) => peak * (name === "step" ? stairs : sawtooth)(t, ABOUT.step, ABOUT.factor));

function heroPoints(values, panel) {
  const [width, height, left, right, top, bottom] = ABOUT.box;
  const [low, high, log] = ABOUT.panels[panel];
  const scale = log ? Math.log10 : (value) => value;
  return Array.from(values, (value, t) => {
    const x = left + (width - left - right) * t / ABOUT.updates;
    const share = (scale(value) - scale(low)) / (scale(high) - scale(low));
    return `${x.toFixed(1)},${(height - bottom - (height - bottom - top) * share).toFixed(1)}`;
  }).join(" ");
}

function moveHero() {
  const peak = Number(document.getElementById("hero-peak").value);
  const end = {};
  for (const name of ["article", "step"]) {
    const rate = heroRates(name, peak);
    const loss = expectation(rate, ABOUT);
    end[name] = loss[loss.length - 1];
    hero.querySelector(`polyline.${name}[data-panel=rate]`).setAttribute("points", heroPoints(rate, "rate"));
    hero.querySelector(`polyline.${name}[data-panel=loss]`).setAttribute("points", heroPoints(loss, "loss"));
  }
  const say = (name, value) => { hero.querySelector(`[data-say=${name}]`).textContent = String(value); };
  const digits = (value, count) => Number(value.toPrecision(count));
  say("peak", peak);
  say("times", digits(end.article / end.step, 2));
  say("article", digits(end.article, 3));
  say("step", digits(end.step, 3));
  document.getElementById("hero-peak").setAttribute("aria-valuetext",
    `${peak}: the sawtooth ends with ${digits(end.article / end.step, 2)} times the loss`);
}

hero.querySelector("form").hidden = false;
hero.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("hero-peak").addEventListener("input", moveHero);
moveHero(); // a browser may bring the slider back where the reader left it
