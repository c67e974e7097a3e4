"""Mail logs and calendars: who was in touch with whom, read from what the mail server or the calendar kept.

`mailbox` (mbox and .eml), `table` (CSV or Excel) and `calendars` turn files into *occasions*, one after the
other; `directory` tells whose an address is; `contacts` decides which occasions are touchpoints and asks
about addresses that nobody has. Bodies of messages are never read.
"""
