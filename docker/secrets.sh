#!/bin/sh
# Make the secrets that are missing, and a self-signed certificate to start with.
# The containers' users are not the owner of these files, so the files are readable and the
# folder is not.
set -eu
cd "$(dirname "$0")/secrets"
chmod 700 .
for name in db_password db_owner_password odoo_master_password odoo_password; do
    if [ ! -s "$name" ]; then
        (umask 022 && openssl rand -hex 24 >"$name")
        echo "made $name"
    fi
done
# Locks what the database must not show: see docs/operations.md, before losing or changing it.
if [ ! -s bank_feed_keys ]; then
    (umask 022 && echo "$(date +%F) $(openssl rand -base64 32)" >bank_feed_keys)
    echo "made bank_feed_keys: keep a copy where the database's backups are not"
fi
if [ ! -s tls_key ]; then
    host=${1:-localhost}
    (umask 022 && openssl req -x509 -newkey rsa:2048 -nodes -days 365 \
        -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout tls_key -out tls_certificate)
    chmod 644 tls_key
    echo "made a self-signed certificate for $host: put a real one in its place"
fi
