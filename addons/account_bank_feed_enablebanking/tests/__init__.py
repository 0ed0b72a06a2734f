from . import test_enablebanking
