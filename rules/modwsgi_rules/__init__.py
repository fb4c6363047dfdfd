"""The rules that come with modwsgi-fix: one module, one rule; its folder is its family."""
