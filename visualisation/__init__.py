"""What is drawn: the map of an account, its network for the browser, the pages and their files."""
