"""What happens to jobs, as server-sent events: a small ASGI application in front of Django."""
