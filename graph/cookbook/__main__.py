"""Print the cookbook's reference page: `python -m graph.cookbook > docs/cookbook.md`."""

from graph.cookbook import markdown

print(markdown(), end="")
