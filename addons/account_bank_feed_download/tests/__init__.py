from . import test_fio, test_rb
