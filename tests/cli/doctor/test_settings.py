"""What settings may look like and still be wrong."""

from pathlib import Path

import pytest

from clawctl.cli.asking import Asking
from clawctl.cli.doctor import settings
from clawctl.cli.doctor.check import Verdict
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.output import Output

SECRET = "sesame-4711"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAWCTL_CONFIG", raising=False)


def patient(place: Path, text: str) -> Patient:
    path = place / "config.yaml"
    path.write_text(f"data_dir: {place / 'data'}\n{text}")
    path.chmod(0o644)
    return Patient(Asking(path, None, None, Output(as_json=True)))


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    verdict = settings.file(patient(tmp_path, "port: many\nbearer_token: [sesame]\n"))

    assert verdict.state == "failed"
    assert f"port ({tmp_path}/config.yaml:2): must be a whole number" in verdict.why
    assert f"bearer_token ({tmp_path}/config.yaml:3): must be text" in verdict.why
    assert "sesame" not in verdict.why
    assert verdict.mend == f"clawctl config edit --config {tmp_path}/config.yaml"


def test_a_fault_in_a_variable_is_mended_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "many")

    assert settings.file(patient(tmp_path, "")).mend == "unset GATEWAY_PORT"


def test_a_variable_that_sets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PROT", "1")
    verdict = settings.variables(patient(tmp_path, ""))

    assert verdict == Verdict(
        "warning", "GATEWAY_PROT sets nothing; did you mean GATEWAY_PORT?", "unset GATEWAY_PROT"
    )


def test_a_file_with_secrets_should_be_private_and_one_without_need_not(tmp_path: Path) -> None:
    assert settings.private_file(patient(tmp_path, "")).state == "ok"
    verdict = settings.private_file(patient(tmp_path, f"llm_api_key: {SECRET}\n"))
    assert (verdict.state, verdict.mend) == ("warning", f"chmod go= {tmp_path}/config.yaml")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("bearer_token: localdev\n", "warning"),
        ("bearer_token: CHANGE_ME\n", "warning"),
        (f"bearer_token: {SECRET}\n", "ok"),
        ("", "ok"),
    ],
)
def test_the_phones_token(tmp_path: Path, text: str, state: str) -> None:
    verdict = settings.bearer_token(patient(tmp_path, text))

    assert verdict.state == state
    assert SECRET not in verdict.why + verdict.mend


def test_a_kept_token_that_is_empty_keeps_the_gateway_from_starting(tmp_path: Path) -> None:
    kept = tmp_path / "data" / "bearer_token"
    kept.parent.mkdir()
    kept.write_text(" \n")
    verdict = settings.bearer_token(patient(tmp_path, ""))

    assert verdict == Verdict("failed", f"{kept} is empty", f"rm {kept}")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "warning"),
        ("agent_token: localdev\n", "warning"),
        (f"agent_token: {SECRET}\n", "ok"),
    ],
)
def test_the_agents_token(tmp_path: Path, text: str, state: str) -> None:
    assert settings.agent_token(patient(tmp_path, text)).state == state


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "skipped"),
        ("notify_command: [sh, -c, cat]\n", "ok"),
        ("notify_command: [no-such-program]\n", "failed"),
    ],
)
def test_the_program_that_tells_of_messages(tmp_path: Path, text: str, state: str) -> None:
    assert settings.notify_command(patient(tmp_path, text)).state == state


def test_a_log_needs_a_directory_and_must_not_be_one(tmp_path: Path) -> None:
    nowhere = tmp_path / "logs" / "clawctl.log"

    assert settings.log_file(patient(tmp_path, "")).state == "skipped"
    missing = settings.log_file(patient(tmp_path, f"log_file: {nowhere}\n"))
    assert missing == Verdict(
        "failed", f"there is no directory {nowhere.parent}", f"mkdir -p {nowhere.parent}"
    )
    assert settings.log_file(patient(tmp_path, f"log_file: {tmp_path}\n")).state == "failed"
    fine = settings.log_file(patient(tmp_path, f"log_file: {tmp_path / 'a.log'}\n"))
    assert fine.state == "ok"
    assert not (tmp_path / "a.log").exists()


def test_addresses_are_loopback_by_whatever_name(tmp_path: Path) -> None:
    assert settings.host(patient(tmp_path, "host: localhost\n")).state == "ok"
    assert settings.host(patient(tmp_path, 'host: "::1"\n')).state == "ok"
