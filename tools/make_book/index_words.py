"""A Sphinx extension: the words by which readers look for a page.

book/index_words.toml holds them: names of other libraries' classes, synonyms, questions. They stand
in the book's index, where a reader sees them, and the search knows them. So do the article's own
words, which lead to the lessons that judge them. Words that only ask, such as "which" and "should",
do not count in a search.
"""

import functools
import tomllib

import lessons
from docutils import nodes
from sphinx import addnodes
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from lrdecay_lib import claims

WORDS = lessons.ROOT / "book" / "index_words.toml"
logger = logging.getLogger(__name__)


@functools.cache
def words():
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@functools.cache
def words_of_the_article():
    """lesson -> the article's own key words in the claims that it judges"""
    found = {}
    for claim in claims.declared().values():
        if claim.words:
            found.setdefault(f"chapters/en/{claim.lesson}", []).append(claim.words)
    return found


class IndexWords(SphinxTransform):
    default_priority = 840  # before Sphinx gathers the index

    def apply(self, **options):
        # a section may have several; the search knows it by the first
        places = {"page": ""}
        for node in self.document.findall(nodes.Element):
            for name in node["ids"]:
                places[name] = node["ids"][0]
        for anchor, entries in words().get(self.env.docname, {}).items():
            if anchor not in places:
                logger.warning(
                    "%s names a place that %s does not have: %s",
                    WORDS.name,
                    self.env.docname,
                    anchor,
                )
                continue
            target = places[anchor]
            node = addnodes.index(
                entries=[("single", entry, target, "main", None) for entry in entries]
            )
            self.document.insert(0, node)
        said = words_of_the_article().get(self.env.docname, ())
        if said:
            # under a heading of their own, and not one for each first letter; the mark before it
            # keeps it from standing in the middle of the words with A
            key = "“Article”"
            entries = [("single", entry, "", "", key) for entry in said]
            self.document.insert(0, addnodes.index(entries=entries))


class Search(SearchEnglish):
    stopwords = SearchEnglish.stopwords | set(
        "can do does have how i me my should use what when where which why you your".split()
    )


def setup(app):
    app.add_transform(IndexWords)
    app.add_search_language(Search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
