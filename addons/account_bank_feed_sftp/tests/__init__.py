from . import test_browser_sftp, test_sftp
