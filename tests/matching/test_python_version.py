"""durable_rules doesn't import on Python 3.13: whoever tries reads why and what to do."""

import pytest

from service.matching import UnsupportedPython, require_supported_python


@pytest.mark.parametrize("version", [(3, 10), (3, 13), (3, 14), (4, 0)])
def test_the_message_names_the_versions_that_work(version: tuple[int, int]) -> None:
    with pytest.raises(UnsupportedPython, match=r"needs Python 3\.11 or 3\.12.*durable_rules"):
        require_supported_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_supported_versions_pass(version: tuple[int, int]) -> None:
    require_supported_python(version)
