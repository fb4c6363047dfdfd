"""Modules of httpd by their names without ``_module``."""

#: Modules that 2.4 does not have, or not under that name (httpd's *Upgrading to 2.4 from 2.2*).
REMOVED_MODULES = ("authn_alias", "authn_default", "authz_default", "disk_cache", "mem_cache")
