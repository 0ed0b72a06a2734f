from . import cli, controllers, models, wizard
from .series import user_groups_field


def grant_administrator(env):
    """Whoever administers the database can use what was just installed, and hand out roles."""
    roles = ("manager", "approver", "auditor")
    groups = [env.ref(f"account_bank_feed.group_{role}") for role in roles]
    env.ref("base.user_admin").write({user_groups_field(env): [(4, group.id) for group in groups]})
