from . import bank_connection, bank_connector_nextgenpsd2
