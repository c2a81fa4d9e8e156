"""The limit on this machine: a bare epoll loop, nginx that only says 200, and our own HTTP library."""

from measure.front_door import session_headers
from measure.load import offer
from measure.places import free_port
from measure.server import Server
from measure.table import row_of

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 512; }}
http {{
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location / {{ default_type application/json; return 200 '{{"status":"ok"}}'; }}
    }}
}}
"""


def epoll_loop(places):
    """limit: bare epoll loop"""
    program = places.program("http_floor", "bench")
    port = free_port()
    with Server([program, str(port)], port) as server:
        yield row_of("limit: bare epoll loop", offer(places, server, "/", places.seconds), server)


def http_room(places):
    """Sallyport's room http alone, a constant answer"""
    program = places.program("http_room", "bench")
    port = free_port()
    with Server([program, str(port), "1"], port) as server:
        load = offer(places, server, "/api/v1/session", places.seconds, headers=session_headers("A" * 43))
        yield row_of("Sallyport's room http alone, a constant answer", load, server, note="one event loop")


def nginx(places):
    """limit: nginx `return 200`"""
    program = places.command("nginx")
    port = free_port()
    with places.scratch() as folder:
        configuration = f"{folder}/nginx.conf"
        with open(configuration, "w") as out:
            out.write(NGINX.format(folder=folder, port=port))
        with Server(
            [program, "-p", folder, "-c", configuration, "-e", f"{folder}/error.log"], port
        ) as server:
            yield row_of(
                "limit: nginx `return 200`",
                offer(places, server, "/", places.seconds),
                server,
                note="one worker",
            )


PARTS = (epoll_loop, nginx, http_room)
