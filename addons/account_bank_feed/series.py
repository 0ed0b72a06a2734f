"""The few places where Odoo 18.0 and 19.0 need different words for the same thing."""

import functools
import inspect
from collections import Counter, defaultdict
from configparser import RawConfigParser

from odoo.release import version_info
from odoo.tools import SQL, config

ON_19 = version_info[0] >= 19


def config_section(name):
    """What a section of our own in odoo.conf says, as a dictionary."""
    if ON_19:  # reads no section but its own
        return _sections(config["config"]).get(name, {})
    return config.misc.get(name, {})


@functools.lru_cache(maxsize=1)
def _sections(path):
    parser = RawConfigParser()
    parser.read(path or ())
    return {name: dict(parser[name]) for name in parser.sections()}


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


def is_open_account(account):
    """Whether entries may be made on it."""
    return not account.deprecated if "deprecated" in account else account.active


def increase_ranks(partners, rank, counts):
    """Count what was booked with partners, for themselves and the companies that they belong to.

    :param rank: ``customer_rank`` or ``supplier_rank``
    :param dict counts: partner id -> number of entries
    """
    if ON_19:  # counts in memory
        for partner in partners.browse(counts):
            (partner | partner.commercial_partner_id)._increase_rank(rank, counts[partner.id])
        return
    # 18.0 asks the database each time, so those with the same count are counted together.
    totals = Counter()
    for partner in partners.browse(counts):
        for one in (partner | partner.commercial_partner_id).ids:
            totals[one] += counts[partner.id]
    by_count = defaultdict(list)
    for partner_id, count in totals.items():
        by_count[count].append(partner_id)
    for count, ids in by_count.items():
        partners.browse(ids)._increase_rank(rank, count)


def message_parents(records):
    """The message that a new one would answer in the chatter of each: record id -> message id."""
    if not records._mail_flat_thread:
        return dict.fromkeys(records.ids, False)
    # 18.0 takes the first message, 19.0 the last one that somebody wrote, or else the last.
    order = "message_type IN ('comment', 'email') DESC, coalesce(date, create_date) DESC, id DESC"
    records.env["mail.message"].flush_model()
    rows = records.env.execute_query(
        SQL(
            """
            SELECT DISTINCT ON (res_id) res_id, id FROM mail_message
             WHERE model = %s AND res_id IN %s AND message_type != 'user_notification'
             ORDER BY res_id, %s
            """,
            records._name,
            tuple(records.ids),
            SQL(order) if ON_19 else SQL("id"),  # pylint: disable=sql-injection
        )
    )
    return {**dict.fromkeys(records.ids, False), **dict(rows)}


def reply_addresses(records, message):
    """Where answers to a message go, for each record: id -> address.

    :param message: values of the message; 19.0 asks for its author too
    """
    arguments = {"default": message["email_from"]}
    if "author_id" in inspect.signature(records._notify_get_reply_to).parameters:
        arguments["author_id"] = message["author_id"]
    return records._notify_get_reply_to(**arguments)


def remember(records, field, values):
    """Put values, as the cache has them, in the cache of records that have none there yet."""
    if ON_19:
        field._insert_cache(records, values)
    else:
        records.env.cache.insert_missing(records, field, values)


def forget(env, field, ids):
    """Take what is cached of a field of these records out of the cache, in all languages."""
    if ON_19:
        field._invalidate_cache(env, ids)
    else:
        env.cache.invalidate([(field, ids)])


def extend(env, field, ids_by_record):
    """Where it is cached what belongs to these records, these ids do so too.

    :param field: a `One2many`
    :param dict ids_by_record: record id -> tuple of ids
    """
    if env.registry.field_depends_context[field]:
        forget(env, field, ids_by_record)
        return
    model = env[field.model_name]
    cache = field._get_cache(env) if ON_19 else env.cache._get_field_cache(model, field)
    for record_id in ids_by_record.keys() & cache.keys():
        cache[record_id] += ids_by_record[record_id]
