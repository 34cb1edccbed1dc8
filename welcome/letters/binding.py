"""Letters bound into one file for the printer: each letter's pages are its own, and what they show is shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from welcome.letters import geometry
from welcome.letters.embedding import Glyphs
from welcome.letters.plates import Plate
from welcome.letters.sheets import Writer, text_string

WIDTH, HEIGHT = geometry.PAGE_WIDTH * geometry.MM_TO_PT, geometry.PAGE_HEIGHT * geometry.MM_TO_PT
# Slots are drawn where the layout engine measures: in CSS pixels, from the top.
_IN_PIXELS = b"q\n1 0 0 -1 0 %.6f cm\n0.75 0 0 0.75 0 0 cm\n%%s\nQ" % HEIGHT


@dataclass(frozen=True)
class Leaves:
    """The pages of one letter: so many of a plate, what is drawn over each, and the enclosure behind them."""

    plate: Plate
    first: int
    count: int
    enclosure: Plate | None
    drawn: Mapping[int, Sequence[bytes]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return self.count + (len(self.enclosure.pages) if self.enclosure else 0)


def bind(letters: Sequence[Leaves], glyphs: Glyphs, *, title: str) -> bytes:
    """The file. Printed on both sides, each letter begins on a front: a white page follows an odd number."""
    return _Binding(glyphs).file(letters, title)


class _Binding:
    def __init__(self, glyphs: Glyphs) -> None:
        self._writer = Writer()
        self._fonts = glyphs.embed(self._writer)
        self._resources: dict[Plate, tuple[int, int]] = {}
        self._contents: dict[tuple[Plate, int], int] = {}
        self._root = self._writer.reserve()

    def file(self, letters: Sequence[Leaves], title: str) -> bytes:
        writer, nodes, pages = self._writer, [], 0
        for leaves in letters:
            # A node of the page tree for each letter: no list in the file grows with all its pages.
            node = writer.reserve()
            kids = [writer.pack(page) for page in self._pages_of(leaves, node)]
            listed = b" ".join(b"%d 0 R" % kid for kid in kids)
            writer.pack(
                b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%s]>>" % (self._root, len(kids), listed), node
            )
            nodes.append(node)
            pages += len(kids)
        writer.pack(
            b"<</Type/Pages/Count %d/MediaBox[0 0 %.6f %.6f]/Kids[%s]>>"
            % (pages, WIDTH, HEIGHT, b" ".join(b"%d 0 R" % node for node in nodes)),
            self._root,
        )
        catalog = writer.pack(b"<</Type/Catalog/Pages %d 0 R>>" % self._root)
        info = writer.pack(b"<</Title%s>>" % text_string(title))
        return writer.finish(root=catalog, info=info)

    def _pages_of(self, leaves: Leaves, node: int) -> list[bytes]:
        pages = [
            self._page(node, leaves.plate, leaves.first + place, leaves.drawn.get(place))
            for place in range(leaves.count)
        ]
        if leaves.enclosure:
            pages += [
                self._page(node, leaves.enclosure, place, None)
                for place in range(len(leaves.enclosure.pages))
            ]
        if len(pages) % 2:
            pages.append(b"<</Type/Page/Parent %d 0 R/Resources<<>>>>" % node)
        return pages

    def _page(self, node: int, plate: Plate, place: int, drawn: Sequence[bytes] | None) -> bytes:
        if plate not in self._resources:
            self._resources[plate] = plate.put(self._writer, self._fonts)
        if (plate, place) not in self._contents:
            self._contents[plate, place] = self._writer.add_raw(plate.pages[place], b"/Filter/FlateDecode")
        plain, with_fonts = self._resources[plate]
        shared = self._contents[plate, place]
        if not drawn:
            return b"<</Type/Page/Parent %d 0 R/Resources %d 0 R/Contents %d 0 R>>" % (node, plain, shared)
        own = self._writer.add_stream(_IN_PIXELS % b"\n".join(drawn))
        return b"<</Type/Page/Parent %d 0 R/Resources %d 0 R/Contents[%d 0 R %d 0 R]>>" % (
            node, with_fonts, shared, own,
        )  # fmt: skip
