"""Pages and parts of pages go packed to browsers that take them so. What tools, streams and operators get is as it is."""

from flask import Flask, Response, request
from flask_compress import Compress

from hardwon_api.addresses import for_people
from hardwon_api.web.forms import from_elsewhere


def register(app: Flask) -> None:
    """Pack them in the way that the browser likes best, except where their length would tell somebody else what they hold."""
    app.config["COMPRESS_REGISTER"] = False  # it would mark the answers to tools too
    packed = Compress(app).after_request

    @app.after_request
    def _pack(response: Response) -> Response:
        page = response.mimetype == "text/html" and for_people()
        return packed(response) if page and _is_taken() and not _asked_in_others_words() else response


def _is_taken() -> bool:
    """Tell whether the browser takes anything packed: what it gives no weight it refuses, which the library does not see."""
    return any(weight for _name, weight in request.accept_encodings)


def _asked_in_others_words() -> bool:
    """Tell whether another site chose words that the page shows: how small it becomes would tell which of them it holds already."""
    return bool(request.query_string) and from_elsewhere()
