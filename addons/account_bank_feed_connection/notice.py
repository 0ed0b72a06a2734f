def said(text):
    """An action that tells people something, and shows the screen anew."""
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "message": text,
            "type": "info",
            "next": {"type": "ir.actions.act_window_close"},
        },
    }
