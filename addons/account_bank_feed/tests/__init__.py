from . import (
    test_access,
    test_books,
    test_browser_upload,
    test_continuity,
    test_pipeline,
    test_reason,
    test_upload_route,
)
