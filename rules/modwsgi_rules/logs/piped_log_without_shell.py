"""
A log goes to a program by signs of a shell, and httpd 2.4 does not ask a shell.

## What happens

httpd starts the program, and hands it `|`, `>` or `;` as words. The log is lost, or the program ends and is started again and
again.

## Why

httpd 2.2 gave what stands after `|` to `/bin/sh -c`. Since 2.4 httpd starts the program itself, and `|$` asks for the shell
(httpd's *Upgrading to 2.4 from 2.2*; `piped_log_spawn`, log.c).

## Left alone

There is no fix, because the line says which program httpd starts. `|$` before the program has it run as in 2.2. A program with
plain words works alike without a shell, and is not reported. Neither is a server of 2.2.

## See also

httpd's own message, where the program is one that ends, is *AH00106: piped log program*. Rule `log-format-redefined`.

## Examples

Reported without a fix:

    ```apache
    <VirtualHost *:80>
        ErrorLog "|/usr/bin/grep -v favicon >> /var/log/site.log"
    #            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        CustomLog "|/usr/bin/tee /tmp/a | /usr/bin/logger -t site" combined
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    </VirtualHost>
    ```

Not reported:

    ```apache
    ErrorLog "|$/usr/bin/grep -v favicon >> /var/log/site.log"
    CustomLog "||/usr/bin/rotatelogs /var/log/site.%Y%m%d 86400" combined
    TransferLog logs/access_log
    ```
    ```apache httpd=2.2
    ErrorLog "|/usr/bin/grep -v favicon >> /var/log/site.log"
    ```
"""

from __future__ import annotations

from collections.abc import Iterator

from modwsgi_fix.directives.families import LOG_FILES
from modwsgi_fix.model.config import Config
from modwsgi_fix.rule import Diagnostic, Severity, rule

_OF_A_SHELL = frozenset("|<>;&`")


@rule(severity=Severity.WARNING)
def piped_log_without_shell(config: Config) -> Iterator[Diagnostic]:
    if config.target.is_22:
        return
    for item in config.named(*LOG_FILES):
        if not item.value.startswith("|") or any(guard.kind == "ifversion" for guard in item.guards):
            continue
        program = item.value[1:].removeprefix("|")
        if program.startswith("$") or not (_OF_A_SHELL & set(program) or "$(" in program):
            continue
        message = "httpd 2.4 starts this program without a shell, which alone knows these signs"
        yield Diagnostic(item.path, item.args[0].span, message, help="write |$ before the program")
