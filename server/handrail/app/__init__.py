"""What a person starts: the command line, the supervisor, the worker, the window, the demo."""
