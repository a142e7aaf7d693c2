"""XML from strangers: one parser for every format, so that no reader forgets a lock."""

from typing import Any


def xml_parser(**settings: Any) -> Any:
    """An lxml parser that resolves no entity, loads no DTD, opens no address, builds no huge tree.

    Examples
    --------
    >>> from lxml import etree
    >>> bomb = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'
    >>> etree.fromstring(bomb, xml_parser()).text is None
    True
    """
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, **settings
    )
