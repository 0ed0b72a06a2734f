from . import bank_connection, bank_connector_fio, bank_connector_rb
