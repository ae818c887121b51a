"""The list of commands."""

from importlib import import_module

import pytest

from ecg.__main__ import COMMANDS, main


def test_without_a_command_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    printed = capsys.readouterr().out
    for name, summary in COMMANDS.items():
        assert f"{name} " in printed
        assert summary in printed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_own_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: ecg {name} ")
    assert f"python -m ecg {name}" in str(import_module(f"ecg.commands.{name.replace('-', '_')}").__doc__)


def test_an_unknown_command_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["clasify", "100.hea"])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert "There is no command 'clasify'" in error
    assert all(name in error for name in COMMANDS)
