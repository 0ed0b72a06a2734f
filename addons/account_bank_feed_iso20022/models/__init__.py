from . import bank_connection, bank_connector_iso20022
