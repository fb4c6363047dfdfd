/* Prints the directive tree that httpd has read, before any directive is looked up, and ends the server.
 *
 * pre_config runs after the last file was read and before the tree is walked: a structural mistake has been reported
 * by then, an unknown directive has not. One line per directive: depth, file, last line, name, arguments, separated by
 * tabs; every other byte outside printable ASCII is written as \xHH.
 */
#include "httpd.h"
#include "http_config.h"
#include <stdio.h>
#include <unistd.h>

static void put(const char *text)
{
    for (; text && *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '\\' || byte < 32 || byte > 126)
            printf("\\x%02x", byte);
        else
            putchar(byte);
    }
}

static void dump(const ap_directive_t *node, int depth)
{
    for (; node; node = node->next) {
        printf("%d\t", depth);
        put(node->filename);
        printf("\t%d\t", node->line_num);
        put(node->directive);
        putchar('\t');
        put(node->args);
        putchar('\n');
        dump(node->first_child, depth + 1);
    }
}

static int dump_and_end(apr_pool_t *conf, apr_pool_t *log, apr_pool_t *temp)
{
    (void)conf, (void)log, (void)temp;
    dump(ap_conftree, 0);
    fflush(stdout);
    _exit(0);
}

static void hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_pre_config(dump_and_end, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

module AP_MODULE_DECLARE_DATA dumptree_module = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, hooks
};
