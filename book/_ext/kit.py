"""The page kit: directives and looks of every chapter (CONTRIBUTING.md, "How a page is written").

`facts`, `aims`, `predict` and `answer` become HTML with the names that the book's style sheet and
`_static/questions.js` know. Folded code says how many lines it has, an exercise's cell shows no
output, and two sections have a look of their own: "In short" and "If you remember one picture".
"""

import pathlib

import kit_syntax as syntax
from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

SECTIONS = {"In short": "in-short", "If you remember one picture": "one-picture"}
CODE_LINE, OUTPUT_LINE = "How this was made", "What training printed"


def raw(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


class KitDirective(Directive):
    """A directive whose text is MyST."""

    has_content = True

    def body(self) -> str:
        return "\n".join(self.content)

    def parsed(self, text: str) -> list[nodes.Node]:
        """Nodes of a piece of MyST."""
        holder = nodes.Element()
        lines = StringList(text.split("\n"), source=self.state.document["source"])
        self.state.nested_parse(lines, self.content_offset, holder)
        return holder.children

    def inline(self, text: str) -> list[nodes.Node]:
        """Nodes of one line of MyST, without the paragraph around them."""
        found = self.parsed(text)
        return found[0].children if found else []

    def run(self):
        try:
            return self.nodes()
        except ValueError as error:
            raise self.error(str(error)) from None


class Facts(KitDirective):
    """Time to read, time to run, and what the page builds on."""

    def nodes(self):
        source = pathlib.Path(self.state.document["source"]).read_text("utf-8")
        said = [f"**{syntax.minutes(source)} min** to read"]
        said.append("**{glue:text}`page_seconds:.0f` s** to run")
        if builds_on := " ".join(self.body().split()):
            said.append(f"builds on {syntax.by_number(builds_on)}")
        line = nodes.paragraph(classes=["facts"])
        for place, one in enumerate(said):
            line += nodes.Text(" · ") if place else []
            line += nodes.inline("", "", *self.inline(one), classes=["fact"])
        return [line]


class Aims(KitDirective):
    """What the reader will be able to do, each with the exercise that shows it."""

    def nodes(self):
        aims = [syntax.aim(item) for item in syntax.items(self.body())]
        if not aims:
            raise ValueError("{aims} needs a list: `- a verb and what it does (ex-chapter-1)`.")
        lines = [
            f"1. {text}" + (f" {{ref}}`exercise {number} <{label}>`" if label else "")
            for text, label, number in aims
        ]
        title = nodes.paragraph("", "You will be able to", classes=["aims-title"])
        return [raw('<div class="aims">'), title, *self.parsed("\n".join(lines)), raw("</div>")]


class Predict(KitDirective):
    """A question with options, which the reader answers before the page does."""

    required_arguments, final_argument_whitespace = 1, True
    option_spec = {"answer": directives.unchanged_required}

    def nodes(self):
        answer = self.options.get("answer", "")
        options, reason = syntax.question(self.body(), answer)
        key = f"question-{self.state.document.settings.env.new_serialno('question')}"
        asked = nodes.paragraph(
            "", "", *self.inline(" ".join(self.arguments[0].split())), classes=["question-asked"]
        )
        listed = nodes.bullet_list(classes=["question-options"])
        for option in options:
            listed += nodes.list_item("", *self.parsed(option))
        opened = f'<div class="question" data-answer="{answer}" data-key="{key}">'
        return [
            raw(f'{opened}<p class="question-tag">Predict</p>'),
            asked,
            listed,
            raw('<details class="question-reason"><summary>The answer</summary>'),
            *self.parsed(reason),
            raw("</details></div>"),
        ]


class Answer(KitDirective):
    """Fields for the answers of an exercise, which the page checks by itself."""

    required_arguments = 1

    def nodes(self):
        asked = syntax.fields(self.body())
        first, *rest = syntax.form(self.arguments[0], asked)
        out = [raw(first)]
        for one, piece in zip(asked, rest, strict=True):
            out += [*self.inline(one.label), raw(piece)]
        return [Bare("", *out)]


class Bare(nodes.General, nodes.Element):
    """Children without a tag around them."""


def nothing(self, node):
    """A node that writes no tag."""


class Looks(SphinxTransform):
    """Names the two sections, and takes the output of exercises from the page."""

    default_priority = 400

    def apply(self, **_):
        for cell in list(self.document.findall(nodes.container)):
            if "tag_exercise" in cell["classes"]:
                for output in [c for c in cell if c.get("nb_element") == "cell_code_output"]:
                    cell.remove(output)
        for section in list(self.document.findall(nodes.section)):
            title = section[0].astext() if section.children else ""
            if title in SECTIONS:
                section["classes"].append(SECTIONS[title])
                if title == "If you remember one picture":
                    part_from_next_question(section)


def part_from_next_question(section: nodes.section) -> None:
    """Moves the last paragraph that leads to a page, and what follows, off the picture's ground."""
    leading = [
        place
        for place, child in enumerate(section.children)
        if isinstance(child, nodes.paragraph)
        and any(x.get("reftype") == "doc" for x in child.findall(addnodes.pending_xref))
    ]
    if not leading or leading[-1] < 2:
        return
    after = section.children[leading[-1] :]
    after[0]["classes"].append("next-question")
    for child in after:
        section.remove(child)
    parent = section.parent
    place = parent.index(section) + 1
    parent[place:place] = after


class FoldingLines(SphinxPostTransform):
    """The line of a folded cell: what is behind it, and how many lines that are."""

    default_priority = 200  # after myst_nb has folded
    formats = ("html",)

    def run(self, **_):
        for fold in self.document.findall(HideCodeCellNode):
            own = fold.parent["prompt_show"] if "prompt_show" in fold.parent else ""
            own = "" if own == self.config.nb_code_prompt_show else own
            code = fold.next_node(nodes.literal_block, include_self=False)
            has_code = any(x.get("nb_element") == "cell_code_source" for x in fold.children)
            if has_code and code is not None:
                line = f"{own or CODE_LINE}, {counted(code.astext())}"
            else:
                line = own or OUTPUT_LINE
            fold["prompt_show"] = fold["prompt_hide"] = line


def counted(code: str) -> str:
    """`6 lines`: those that are not empty."""
    lines = len([line for line in code.split("\n") if line.strip()])
    return f"{lines} line" if lines == 1 else f"{lines} lines"


def exercises_from_one(app, env):
    """Counts the exercises of every page from 1, as its aims and `exercises.check` do."""
    for kinds in env.toc_fignumbers.values():
        if numbered := kinds.get("exercise"):
            in_order = sorted(numbered, key=numbered.get)
            kinds["exercise"] = {name: (place,) for place, name in enumerate(in_order, start=1)}


def setup(app):
    app.connect("env-check-consistency", exercises_from_one)
    app.add_directive("facts", Facts)
    app.add_directive("aims", Aims)
    app.add_directive("predict", Predict)
    app.add_directive("answer", Answer)
    app.add_node(Bare, html=(nothing, nothing))
    app.add_transform(Looks)
    app.add_post_transform(FoldingLines)
    app.add_js_file("questions.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
