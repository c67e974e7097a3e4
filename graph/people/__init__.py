"""People over time: who may be one person, what becomes of two who are, and what was true of them when.

`names` reads names, addresses and telephone numbers as far as comparing needs it, `proposals` says who may
be one and why, `combining` decides what is kept of two, `posts` what an import changes about where somebody
works. All of it is plain data; `graph.store.people` and `graph.store.merges` speak to the store.
"""
