"""The interface itself: its errors, consents, balances and transactions. No models.

From the Berlin Group's public description, NextGenPSD2 XS2A 1.3.12 (2022-07-01):
https://www.berlin-group.org/nextgenpsd2-downloads
"""
