"""A Sphinx extension: the words by which readers look for a page.

book/index_words.toml holds them: names of other libraries' classes, synonyms, questions. They stand
in the book's index, where a reader sees them, and the search knows them. Words that only ask, such
as "which" and "should", do not count in a search.
"""

import functools
import tomllib

import lessons
from docutils import nodes
from sphinx import addnodes
from sphinx.search.en import SearchEnglish
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

WORDS = lessons.ROOT / "book" / "index_words.toml"
logger = logging.getLogger(__name__)


@functools.cache
def words():
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


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


class Search(SearchEnglish):
    stopwords = SearchEnglish.stopwords | set(
        "can do does have how i me my should use what when where which why you your".split()
    )


def setup(app):
    app.add_transform(IndexWords)
    app.add_search_language(Search)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
