#!/bin/sh
# Install VS Code's server and web client, as npm has them, into a directory: editors/vscode/host/install.sh DIRECTORY
#
# code-server's own script of installation fetches ripgrep from elsewhere, and builds what is not needed here (Kerberos, the
# languages of other extensions). So no script of a package is run but those that build these modules in C++.
set -eu
host=$1
mkdir -p "$host"
cp "$(dirname "$0")/package.json" "$(dirname "$0")/package-lock.json" "$host"

node=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
# The headers that lie beside node; without them npm fetches them.
[ ! -d "$node/include/node" ] || export npm_config_nodedir="$node"
export npm_config_yes=true npm_config_audit=false npm_config_fund=false npm_config_engine_strict=true

cd "$host"
npm ci --ignore-scripts --legacy-peer-deps
npm rebuild argon2
cd node_modules/code-server/lib/vscode
# Not npm ci: the list of its modules lacks one that npm asks for.
npm install --ignore-scripts --omit=dev
npm rebuild @vscode/spdlog native-watchdog node-pty
# VS Code looks for its modules under the name of the archive that the desktop has them in.
ln -sfn node_modules node_modules.asar
mkdir -p node_modules/@vscode/ripgrep/bin
ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
