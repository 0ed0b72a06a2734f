"""Entries of a batch in one go: the rows that stock Odoo would write one by one.

Stock Odoo writes a statement line with its entry in dozens of small steps, which costs tens of
milliseconds. Most lines of a batch differ from each other in a few columns only. So stock Odoo
writes one of each shape as a *specimen*, which is read and taken back; the others are made like
it. Nothing is assumed that the specimens do not confirm: what we would have written in their place
is compared with what Odoo wrote, column by column, and when they differ, Odoo writes them all.

stock.py     whether stock Odoo's steps are known here, or some addon changes them
specimen.py  what stock Odoo writes for one of each shape
entries.py   the rows of entries, statement lines and journal items
numbers.py   their numbers in the journal, taken last
matches.py   what reconciles them, where it is simple
messages.py  what their chatter says, and who follows them

None of it decides anything: `bank.transaction._book` says what is booked and to what.
"""
