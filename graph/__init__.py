"""The relationship graph: store, imports, accounts as plain data, measures, gaps and the plan."""
