"""Another system that is told: a real server that keeps what it was sent and answers as it is bid."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Listens on this machine; ``answers`` is the status of every answer, ``heard`` what came."""

    def __init__(self) -> None:
        self.answers = 200
        self.heard: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *words: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def place(self) -> str:
        """What an operator would list."""
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def ids(self) -> list[str]:
        """The messages' ids, in the order in which they came."""
        return [headers["webhook-id"] for headers, _ in self.heard]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What came, read."""
        return [json.loads(body) for _, body in self.heard]

    def close(self) -> None:
        """Hang up."""
        self.server.shutdown()
        self.server.server_close()
