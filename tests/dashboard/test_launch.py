"""The command that starts the page."""

from __future__ import annotations

from pathlib import Path

from dashboard.launch import streamlit_command
from dashboard.theme import streamlit_options


def test_command_tells_streamlit_everything(tmp_path: Path) -> None:
    """Address, port, no statistics, no browser, the theme; and the folder by the environment."""
    arguments, environment = streamlit_command(tmp_path, port=9000)
    assert arguments[1:4] == ["-m", "streamlit", "run"]
    assert Path(arguments[4]).name == "app.py"
    assert {
        "--server.address=127.0.0.1",
        "--server.port=9000",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    } <= set(arguments)
    assert environment == {"POSTMORTEMS_PUBLISHED": str(tmp_path.resolve())}


def test_without_a_port_streamlit_chooses(tmp_path: Path) -> None:
    """No port is named, so the first free one is taken."""
    arguments, _ = streamlit_command(tmp_path, address="0.0.0.0")
    assert "--server.address=0.0.0.0" in arguments
    assert not [argument for argument in arguments if argument.startswith("--server.port")]


def test_streamlit_knows_every_option() -> None:
    """No option is misspelt: Streamlit has each of them."""
    from streamlit.config import get_config_options

    assert [name for name in streamlit_options() if name not in get_config_options()] == []
