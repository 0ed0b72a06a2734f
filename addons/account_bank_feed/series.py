"""The few places where Odoo 18.0 and 19.0 need different words for the same thing."""


def user_groups_field(env):
    """The name of the field of users that holds the groups given to them directly."""
    return "group_ids" if "group_ids" in env["res.users"]._fields else "groups_id"


def cron_progress(env, *, done, remaining):
    """Tell the scheduler how far a scheduled action came; 19.0 commits with it."""
    cron = env["ir.cron"]
    if hasattr(cron, "_commit_progress"):
        cron._commit_progress(done, remaining=remaining)
    else:
        cron._notify_progress(done=done, remaining=remaining)
