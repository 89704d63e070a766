// How the search orders what it finds. Sphinx puts this into the page of results and asks `score` for each.
// A page, or a section of it, comes the higher the more of the query's words its title or one of its entries in the
// index holds, and the less else these hold; a word that names few pages counts more. Sphinx alone takes the best single word.
var Scorer = {
  objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0,
  title: 15, partialTitle: 7, term: 5, partialTerm: 2,

  // Sphinx's own score, at most 15, orders what is otherwise alike
  score(result) {
    const [page, title, anchor, , own] = result;
    const [likeness, place] = Scorer.best(page, anchor);
    result[1] = Scorer.sections.get(page + place) || title; // lead to the section that fits
    result[2] = place;
    return 100 * likeness + Math.min(own, 15);
  },

  // the likeness of a page's best name to the query, and the place on the page that it names
  best(page, anchor = "") {
    return (Scorer.names().get(page) || []).reduce((best, name) => {
      const likeness = anchor && anchor !== name.anchor ? 0 : Scorer.likeness(name);
      return likeness > best[0] ? [likeness, name.anchor] : best;
    }, [0, anchor]);
  },

  words: (text) => new Set(splitQuery(text.toLowerCase()).filter((word) => !stopwords.includes(word))
    .map((word) => new Stemmer().stemWord(word))),
  letters: (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""),

  // each page's titles and entries in the index, with their words, and the pages that each word names; made once
  names() {
    if (Scorer.made) return Scorer.made;
    const { docnames, titles, alltitles, indexentries } = Search._index;
    Scorer.made = new Map(docnames.map((page) => [page, []]));
    Scorer.pages = new Map();
    Scorer.sections = new Map();
    const add = (file, text, anchor) => {
      const words = Scorer.words(text);
      Scorer.made.get(docnames[file]).push({ words, anchor, letters: Scorer.letters(text) });
      for (const word of words) Scorer.pages.set(word, (Scorer.pages.get(word) || new Set()).add(file));
    };
    const anchored = (id) => (id ? `#${id}` : "");
    titles.forEach((title, file) => add(file, title, ""));
    for (const [text, places] of Object.entries(alltitles))
      for (const [file, id] of places) {
        if (titles[file] === text) continue;
        add(file, text, anchored(id));
        Scorer.sections.set(docnames[file] + anchored(id), `${titles[file]} > ${text}`);
      }
    for (const [text, places] of Object.entries(indexentries))
      for (const [file, id] of places) add(file, text, anchored(id));
    const query = new URLSearchParams(location.search).get("q") || "";
    Scorer.asked = { words: Scorer.words(query), letters: Scorer.letters(query) };
    return Scorer.made;
  },

  weight: (words) => [...words].reduce((sum, word) => sum + 1 / (1 + Math.log(Scorer.pages.get(word)?.size || 1)), 0),

  // 1 for the same words, or the same letters, as in "one cycle lr" and OneCycleLR; 0 for none in common
  likeness({ words, letters, anchor }) {
    const { words: asked, letters: typed } = Scorer.asked;
    const whole = anchor ? 0.98 : 1; // a page comes before a section of another page
    if (letters === typed) return whole;
    const shared = Scorer.weight([...asked].filter((word) => words.has(word)));
    const both = Scorer.weight(asked) + Scorer.weight(words);
    const part = typed.length > 3 && letters.includes(typed) ? typed.length / letters.length : 0;
    return Math.max(both ? (2 * shared) / both : 0, part) * whole * 0.99;
  },
};

// Sphinx finds the pages that hold all words of a query. Here a page is found by its names too, and where there is
// none, by some of the words.
if (typeof Search !== "undefined") {
  const withAll = Search.performTermsSearch;
  Search.performTermsSearch = (asked, excluded) => {
    const { docnames, titles, filenames } = Search._index;
    const named = docnames.flatMap((page, file) =>
      (Scorer.best(page)[0] >= 0.5 ? [[page, titles[file], "", null, 0, filenames[file]]] : []));
    const found = [...named, ...withAll(asked, excluded)];
    return found.length ? found : [...asked].flatMap((word) => withAll(new Set([word]), excluded));
  };
}
