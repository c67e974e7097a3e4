"""Accounts for other tools: NetworkX graphs and GraphML, pandas frames, objects of py2neo.

`networks` and `frames` take an `Account` and need no store; `objects` maps the store's nodes.
Each imports its library only where it is used.
"""
