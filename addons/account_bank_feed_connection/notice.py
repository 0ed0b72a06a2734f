def said(text, kind="info"):
    """An action that tells people something, and shows the screen anew.

    :param str kind: ``info``, or ``danger`` for what has failed, which stays until it is read
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "message": text,
            "type": kind,
            "sticky": kind == "danger",
            "next": {"type": "ir.actions.act_window_close"},
        },
    }
