from . import models
from .installer import DemoCompany


def make_demo_company(env):
    """Create the demo company; where it is there already nothing happens."""
    DemoCompany(env).make()
