"""Settings for the property tests."""

from hypothesis import HealthCheck, settings

# No database of examples beside the code; the machine's speed is not what is tested.
settings.register_profile(
    "bank_statement_format",
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bank_statement_format")
