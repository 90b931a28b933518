"""The revision of the schema that this code was written for, known without what migrates to it: services start sooner."""

from importlib.resources import files


def latest_revision() -> str:
    """Return the number of the last migration; each is named by its own, and by what it does."""
    names = (each.name for each in files("hardwon.schema").joinpath("versions").iterdir())
    return max(name.split("_")[0] for name in names if name.endswith(".py"))
