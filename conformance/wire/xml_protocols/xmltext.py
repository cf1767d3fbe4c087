"""Strict XML, from bytes to elements and back.

Strict means well-formed, without a document type: no AWS protocol has one, and the bombs that entities make need
one. Element names lose their namespaces, since real services are not of one mind about them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.parsers import expat

from conformance.wire.json_protocols.jsontext import DEEPEST
from conformance.wire.message import Inexpressible

Element = ET.Element

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotXml(ValueError):
    """Bytes that are not one XML document; the message says what is wrong with them."""


def parse_xml(body: bytes) -> Element:
    """The root element of `body`, names without namespaces; raises NotXml."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise NotXml("nested too deeply")
        builder.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as problem:
        raise NotXml(str(problem)) from problem
    except (ValueError, LookupError) as problem:  # an encoding that is not known
        raise NotXml(str(problem)) from problem
    return builder.close()


def dump_xml(root: Element) -> bytes:
    """The document of `root` in UTF-8, without a declaration, as botocore writes it.

    Raises Inexpressible for characters that XML cannot hold. Carriage returns are written as references: a
    parser would make line feeds of them.
    """
    for node in root.iter():
        for text in (node.text or "", *node.attrib.values()):
            found = _ILLEGAL.search(text)
            if found:
                raise Inexpressible(f"XML cannot hold the character U+{ord(found[0]):04X}")
    document: bytes = ET.tostring(root, encoding="utf-8")
    return document.replace(b"\r", b"&#13;")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_: object) -> None:
    raise NotXml("a document type declaration")
