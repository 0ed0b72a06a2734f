#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: Odoo's role and Odoo's database.
# The role can do nothing beyond its own database. psql reads the password itself, so that no
# command line shows it.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres <<'SQL'
\set password `cat "${BANK_FEED_SECRETS:-/run/secrets}/db_password"`
CREATE ROLE odoo LOGIN PASSWORD :'password';
CREATE DATABASE odoo OWNER odoo TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C';
REVOKE CONNECT ON DATABASE odoo FROM PUBLIC;
SQL
