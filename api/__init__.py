"""The ways in: command line, HTTP, pages, and the one place that wires them to the graph."""
