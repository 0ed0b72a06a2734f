from . import test_browser_connect, test_demo
