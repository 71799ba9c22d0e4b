"""`deploy/env.sh` writes an .env that starts, draws what is secret, and overwrites nothing."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.test_deployment import inside
from tests.test_settings import GOOD

pytestmark = [pytest.mark.turns(4), pytest.mark.once]

ROOT = Path(__file__).parent.parent
SECRETS = ("SECRET_KEY", "MASTER_KEYS", "POSTGRES_PASSWORD")
MAIL = {name: GOOD[name] for name in ("EMAIL_URL", "DEFAULT_FROM_EMAIL")}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with what the script looks for."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/env.sh", tmp_path / "deploy")
    shutil.copy(ROOT / ".env.example", tmp_path)
    return tmp_path


def run(place: Path, *names: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "deploy/env.sh", *names],
        cwd=place,
        env={"PATH": path},
        capture_output=True,
        text=True,
    )


def values(place: Path) -> dict[str, str]:
    lines = re.findall(r"^([A-Z_]+)=(.*)$", (place / ".env").read_text(), re.M)
    assert len(lines) == len(dict(lines)), "a variable stands in it twice"
    return dict(lines)


def test_it_writes_an_env_that_starts_once_the_mail_server_is_filled_in(place: Path) -> None:
    done = run(place, "ground.example.com")

    assert (done.returncode, done.stderr) == (0, "")
    assert "New in .env: SECRET_KEY MASTER_KEYS POSTGRES_PASSWORD." in done.stdout
    assert "Fill in yourself, in .env: EMAIL_URL DEFAULT_FROM_EMAIL." in done.stdout
    assert "Without containers, empty it." in done.stdout
    assert "\nThen, with Docker: docker compose up --build --detach\nOr without: " in done.stdout
    assert stat.S_IMODE((place / ".env").stat().st_mode) == 0o600
    assert sorted(file.name for file in place.iterdir()) == [".env", ".env.example", "deploy"]
    settings = inside("web", values(place) | MAIL)
    assert isinstance(settings, dict), settings
    assert settings["SITE_URL"] == "https://ground.example.com"
    assert settings["ALLOWED_HOSTS"] == ["ground.example.com", "localhost"]
    assert settings["DATABASES"]["default"]["PASSWORD"] == values(place)["POSTGRES_PASSWORD"]
    example, written = ((place / name).read_text() for name in (".env.example", ".env"))
    assert len(written.splitlines()) == len(example.splitlines())


def test_it_draws_other_secrets_each_time_and_shows_none(place: Path) -> None:
    first = run(place, "example.com").stdout
    one = values(place)
    (place / ".env").unlink()
    second = run(place, "example.com").stdout
    other = values(place)

    for name in SECRETS:
        assert one[name] != other[name]
        assert len(one[name]) >= 32
        assert one[name] not in first
        assert other[name] not in second


def test_it_leaves_alone_what_is_there(place: Path) -> None:
    chosen = "POSTGRES_PASSWORD='a$b#c d\\n&'\nSITE_URL=https://other.example\nMINE=1 # own"
    (place / ".env").write_text(chosen)

    run(place, "example.com")
    run(place, "third.example")

    lines = (place / ".env").read_text().splitlines()
    assert lines[:3] == chosen.splitlines()
    before = (place / ".env").read_bytes()
    done = run(place)
    assert (place / ".env").read_bytes() == before
    assert "Nothing was missing that could be drawn." in done.stdout
    assert values(place)["ALLOWED_HOSTS"] == "example.com"


def test_it_says_when_nothing_is_missing(place: Path) -> None:
    (place / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in MAIL.items()))

    shown = run(place, "example.com").stdout

    assert "All of it is there." in shown
    assert "docker compose up --build --detach" in shown
    assert "Without containers, empty it." in shown
    assert "POSTGRES_PASSWORD" not in run(place, "example.com").stdout  # it was not drawn now


def test_it_draws_no_secret_that_stands_elsewhere(place: Path) -> None:
    (place / ".env").write_text(
        "SECRET_KEY_FILE=/run/secrets/secret_key\nDATABASE_URL=postgres://u:p@db.example.com/n\n"
    )
    run(place, "example.com")

    assert set(values(place)) & set(SECRETS) == {"MASTER_KEYS"}


def test_it_follows_a_link_to_where_the_file_is(place: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("MINE=1\n")
    (place / ".env").symlink_to(tmp_path / "elsewhere")

    run(place, "example.com")

    assert (place / ".env").is_symlink()
    assert "SECRET_KEY=" in (tmp_path / "elsewhere").read_text()


@pytest.mark.parametrize(
    ("name", "site", "host"),
    [
        ("http://192.168.1.20", "http://192.168.1.20", "192.168.1.20"),
        ("http://pi.local:8000/", "http://pi.local:8000", "pi.local"),
        ("https://example.com/", "https://example.com", "example.com"),
        ("example.com:8443", "https://example.com:8443", "example.com"),
    ],
)
def test_it_takes_an_address_as_well_as_a_name(
    place: Path, name: str, site: str, host: str
) -> None:
    run(place, name)

    assert (values(place)["SITE_URL"], values(place)["ALLOWED_HOSTS"]) == (site, host)
    assert isinstance(inside("web", values(place) | MAIL), dict)


@pytest.mark.parametrize(
    "wrong",
    ["exa mple.com", "example.com/path", "a..b", ".example.com", "x;reboot", "$(id)", "é.de"],
)
def test_a_name_that_cannot_be_one_changes_nothing(place: Path, wrong: str) -> None:
    done = run(place, wrong)

    assert done.returncode == 2
    assert "is not the name of a site" in done.stderr
    assert not (place / ".env").exists()


def test_without_a_source_of_random_numbers_it_writes_nothing(place: Path) -> None:
    tools = place / "tools"
    tools.mkdir()
    for tool in ("cat", "sed", "tail", "tr", "head", "rm", "dirname", "awk", "mv"):
        (tools / tool).symlink_to(shutil.which(tool) or "")

    done = run(place, "example.com", path=str(tools))

    assert done.returncode != 0
    assert not (place / ".env").exists()
    assert not list(place.glob(".env.new*"))


QUOTED = {
    "EMAIL_PASSWORD": """'a&touch pwned;b (c) $(touch pwned) `touch pwned` "d" \\e #f'""",
    "OPERATOR_NAME": '"Anna\'s"',
    "DEFAULT_FROM_EMAIL": "'Common Ground <hello@example.org>'  ",
    "EMAIL_HOST": "mail.example.org",
    "SOURCE_URL": "",
}


def test_a_command_gets_the_values_as_they_stand_and_no_shell_runs_them(place: Path) -> None:
    lines = [f"{name}={text}" for name, text in QUOTED.items()]
    (place / ".env").write_text("\n".join(["# EMAIL_PORT=1", *lines]))  # without a last line end

    done = run(place, "--", "env")

    assert (done.returncode, done.stderr) == (0, "")
    given = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert {name: given[name] for name in QUOTED} == {
        name: text.strip()[1:-1] if text[:1] in {"'", '"'} else text
        for name, text in QUOTED.items()
    }
    assert "EMAIL_PORT" not in given
    assert not (place / "pwned").exists()


@pytest.mark.parametrize("mark", [*"$#&;()<>|~'\"`\\", " "])
def test_a_value_that_a_shell_would_take_for_more_is_named(place: Path, mark: str) -> None:
    run(place, "ground.example.com")
    with (place / ".env").open("a") as file:
        file.write(
            f"EMAIL_PASSWORD=canary{mark}canary\nSOURCE_URL=https://example.org/a?b=%20@c+d,*\n"
        )

    for arguments in ([], ["--", "touch", "ran"]):
        done = run(place, *arguments)
        assert done.returncode == 2
        assert "put single quotes around the value of EMAIL_PASSWORD." in done.stderr
        assert "canary" not in done.stderr
    assert not (place / "ran").exists()


def test_a_command_without_an_env_is_refused(place: Path) -> None:
    done = run(place, "--", "touch", "ran")

    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no .env here" in done.stderr
    assert not (place / "ran").exists()
