"""Conference: the door to the engines a meeting is held on; `link` is any address people open."""
