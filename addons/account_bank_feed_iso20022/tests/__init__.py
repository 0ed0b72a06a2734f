from . import test_answers, test_web_service
