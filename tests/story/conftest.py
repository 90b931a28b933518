"""Stories are told to a worker that is free: other tests may have left it much to read, and here one waits for an answer only so long."""

import httpx
import pytest
from outside import wait_for

from hardwon_local.running import Running


@pytest.fixture(autouse=True)
def _free_worker(hardwon: Running) -> None:
    """Wait until somebody else's project is answered."""
    headers = {"Authorization": f"Bearer {hardwon.register('Somebody who has time')}"}
    with httpx.Client(base_url=f"{hardwon.url}/v1", headers=headers, timeout=60) as http:
        project = http.post("/projects", json={"name": "Anything"}).json()["id"]
        path, waiting = f"/projects/{project}/recommendations", {"Prefer": "wait=20"}
        wait_for(lambda: http.get(path, headers=waiting).json()["state"] == "ready", "a worker that is free")
