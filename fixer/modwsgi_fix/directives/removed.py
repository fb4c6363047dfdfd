"""Modules of httpd by their names without ``_module``."""

#: Those of 2.2 that 2.4 does not have, or not under that name (httpd's *Upgrading to 2.4 from 2.2*), and those of 2.0 that 2.2
#: does not have (*Upgrading to 2.2 from 2.0*).
REMOVED_MODULES = (
    "access", "auth", "auth_anon", "auth_dbm", "auth_ldap", "authn_alias", "authn_default", "authz_default", "disk_cache",
    "example", "imap", "mem_cache",
)  # fmt: skip
