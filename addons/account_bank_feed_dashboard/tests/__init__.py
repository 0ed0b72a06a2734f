# What the tests share stands in browser.py and common.py of account_bank_feed.
from . import (
    test_browser_closing,
    test_browser_dashboard,
    test_closing,
    test_dashboard,
    test_lists,
    test_review_decide,
    test_review_find,
    test_review_read,
    test_tasks,
)
