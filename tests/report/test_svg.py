"""What is left of the plotting library's SVG, and what is added."""

from xml.etree import ElementTree as ET

from crossblock.report import svg

RAW = """<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40"
class="marks" version="1.1"><g class="root" style="fill: none; stroke-width:2">
<path d="M0,0h0v0h0Z" fill="red"/><path d="M0,0L10,10" stroke="#000" display="none"/>
<path aria-label="a: 1" role="graphics-symbol" d="M0.123456,1e-17L10,20.0000001" stroke="#000"
 opacity="1" clip-path="url(#clip77)"/>
<g><text font-family="serif" font-size="12px" style="white-space:pre">−6.8</text></g></g>
<defs><clipPath id="clip77"><rect width="1" height="1"/></clipPath></defs></svg>"""


def cleaned(width: int = 0) -> str:
    return svg.clean(RAW, name="pic", title="A & B", description="what", width=width)


def test_style_becomes_attributes() -> None:
    out = cleaned()
    assert "style=" not in out
    assert 'stroke-width="2"' in out
    assert 'fill="none"' in out


def test_ids_are_numbered_within_the_figure() -> None:
    out = cleaned()
    assert 'id="pic-0"' in out
    assert "url(#pic-0)" in out
    assert "clip77" not in out


def test_roles_classes_and_invisible_paths_go() -> None:
    root = ET.fromstring(cleaned())
    kept = [e for e in root.iter() if e.tag.endswith("path")]
    assert len(kept) == 1
    assert kept[0].attrib["d"] == "M0.12,0L10,20"
    for e in root.iter():
        assert not {"class", "pointer-events", "aria-label"} & e.attrib.keys()


def test_a_screen_reader_hears_title_and_description() -> None:
    root = ET.fromstring(cleaned())
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "pic-title pic-desc"
    assert [e.text for e in root[:2]] == ["A & B", "what"]


def test_text_stays_text() -> None:
    assert ">−6.8</text>" in cleaned()


def test_narrower_pictures_are_widened_not_stretched() -> None:
    root = ET.fromstring(cleaned(width=300))
    assert (root.attrib["width"], root.attrib["viewBox"]) == ("300", "0 0 300 40")
