from . import test_faults, test_ponto, test_qonto, test_revolut, test_session
