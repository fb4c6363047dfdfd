/* Prints every directive that httpd and its loaded modules know, and leaves: module, name, override bits, args_how. */
#include "httpd.h"
#include "http_config.h"
#include <stdio.h>

static void show(apr_pool_t *pool, server_rec *server)
{
    module *m;
    const command_rec *c;
    (void)pool;
    (void)server;
    for (m = ap_top_module; m; m = m->next)
        for (c = m->cmds; c && c->name; c++)
            printf("%s\t%s\t%d\t%d\n", m->name, c->name, c->req_override, (int)c->args_how);
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_test_config(show, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA httpd_directives_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
